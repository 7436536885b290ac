import { suite } from 'modprove'
import { fdinfo, liveBuffers } from './bufinfo.js'
import { expectations } from './expectations.js'
import { exporter, importer, invariants, newBuffer } from './exporter.js'
import { Importer } from './importer.js'
import { DMA_BUF_SET_NAME } from './uapi.js'

const test = suite('names of buffers', { modules: [exporter, importer], invariants })

/** linux/dma-buf.h, DMA_BUF_NAME_LEN is 32 with the NUL. */
const LONGEST = 31

test('C53 a name shows in fdinfo, in bufinfo and in the link of the descriptor', async (t, guest) => {
  const user = await guest.process()
  const buffer = await newBuffer(user)
  for (const name of ['camera', 'display']) {
    await buffer.ioctl(DMA_BUF_SET_NAME, name)
    t.equal((await fdinfo(buffer))['name'], name)
    t.equal((await liveBuffers(guest))[0]?.name, name)
    t.equal(await user.readlink(`/proc/self/fd/${buffer.fd}`), `/dmabuf:${name}`)
  }
})

test('C53 a name is of the buffer, not of the descriptor, and of no other buffer', async (t, guest) => {
  const user = await guest.process()
  const [buffer, other] = [await newBuffer(user), await newBuffer(user)]
  await buffer.ioctl(DMA_BUF_SET_NAME, 'mine')
  t.equal((await fdinfo(await buffer.dup()))['name'], 'mine')
  t.equal((await fdinfo(other))['name'], undefined)
})

test('C54 a name has at most 31 characters, and may have none', async (t, guest) => {
  const buffer = await newBuffer(await guest.process())
  const longest = 'x'.repeat(LONGEST)
  await buffer.ioctl(DMA_BUF_SET_NAME, longest)
  t.equal((await fdinfo(buffer))['name'], longest)
  for (const length of [LONGEST + 1, 4096]) {
    const call = buffer.ioctl(DMA_BUF_SET_NAME, 'y'.repeat(length))
    await t.rejects(call, { code: 'EINVAL' }, `${length} characters`)
  }
  t.equal((await fdinfo(buffer))['name'], longest, 'the name from before')
  await buffer.ioctl(DMA_BUF_SET_NAME, '')
  t.equal((await fdinfo(buffer))['name'], '')
})

test('C54 a bad pointer for a name is refused, and the name stays', async (t, guest) => {
  const buffer = await newBuffer(await guest.process())
  await buffer.ioctl(DMA_BUF_SET_NAME, 'before')
  for (const pointer of [0n, 8n, 0x7ffffffff000n, 0xffff888000000000n]) {
    const call = buffer.ioctl(DMA_BUF_SET_NAME, pointer)
    await t.rejects(call, { code: 'EFAULT' }, pointer.toString(16))
  }
  t.equal((await fdinfo(buffer))['name'], 'before')
})

test('C54 a buffer can be renamed a hundred times, and leaves no name behind', async (t, guest) => {
  const buffer = await newBuffer(await guest.process())
  // kmemleak finds leaked names at the suite's end, on kernels that have it.
  for (let round = 0; round < 10; round++) {
    const names = Array.from({ length: 10 }, (_, index) => `name ${round}${index}`)
    await Promise.all(names.map(name => buffer.ioctl(DMA_BUF_SET_NAME, name)))
  }
  t.equal((await fdinfo(buffer))['name'], 'name 99')
})

test('C54 a renaming while a device is attached is answered as this kernel answers', async (t, guest) => {
  const buffer = await newBuffer(await guest.process())
  const session = await Importer.attached(buffer, 0)
  const { renameWhileAttached } = expectations(guest.kernel)
  const rename = buffer.ioctl(DMA_BUF_SET_NAME, 'attached')
  if (renameWhileAttached === undefined) await t.resolves(rename)
  else await t.rejects(rename, { code: renameWhileAttached })
  await session.detach()
  await buffer.ioctl(DMA_BUF_SET_NAME, 'detached')
  t.equal((await fdinfo(buffer))['name'], 'detached')
})
