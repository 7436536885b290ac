import { suite } from 'modprove'

const MAGIC = 0x4c694d45
const HEADER_BYTES = 32
const DISK = '/dev/vda'

const test = suite('lime: a dump of the memory', {
  modules: [{ name: 'lime', parameters: { path: DISK, format: 'lime' } }],
})

test('each range of System RAM is in the dump, with its addresses', async (t, guest) => {
  const map = await guest.readFile('/proc/iomem')
  const ranges = [...map.matchAll(/^([0-9a-f]+)-([0-9a-f]+) : System RAM$/gm)].map(
    ([, first = '', last = '']) => ({ first: BigInt(`0x${first}`), last: BigInt(`0x${last}`) }),
  )
  t.ok(ranges.length > 0, 'the machine has memory')
  let at = 0n
  for (const { first, last } of ranges) {
    const command = `dd if=${DISK} bs=1 skip=${at} count=${HEADER_BYTES} 2>/dev/null | od -An -v -tx1`
    const { stdout } = await guest.exec(command)
    const header = Buffer.from(stdout.replaceAll(/\s/g, ''), 'hex')
    t.equal(header.readUInt32LE(0), MAGIC, `a range begins at byte ${at}`)
    t.equal(header.readBigUInt64LE(8), first)
    t.equal(header.readBigUInt64LE(16), last)
    at += BigInt(HEADER_BYTES) + last - first + 1n
  }
})
