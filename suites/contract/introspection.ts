import type { DeclareTest, TestGuest } from 'modprove'
import { buffersInTotal, fdinfo, references } from '../bufinfo.js'
import { readFolder } from '../descriptors.js'
import { expectations, sysfsStatistics } from '../expectations.js'
import { Importer } from '../importer.js'
import { DMA_BUF_SET_NAME } from '../uapi.js'
import { mapFully } from './access.js'
import { newBuffer, type Exporter } from './adapter.js'
import { withImporter } from './importing.js'
import { live } from './released.js'

const STATISTICS = '/sys/kernel/dmabuf/buffers'

/** C59 to C63: fdinfo, bufinfo and sysfs. */
export function introspectionPromises(test: DeclareTest, exporter: Exporter): void {
  const four = exporter.of(4)
  const options = withImporter(four)

  test(
    'C59 fdinfo tells size, count, exporter and inode, and the name when there is one',
    options,
    async (t, guest) => {
      const buffer = await newBuffer(four, await guest.process())
      const { size, count, exp_name, name, ino } = await fdinfo(buffer)
      const { exporterName } = exporter.policies(guest.kernel)
      const expected = { size: String(four.size), count: '1', exp_name: exporterName }
      t.strictSame({ size, count, exp_name }, expected)
      t.equal(name, undefined, 'no name yet')
      const inode = String((await buffer.fstat()).ino)
      t.equal(ino, expectations(guest.kernel).fdinfoHasInode ? inode : undefined)

      await buffer.ioctl(DMA_BUF_SET_NAME, 'a name')
      t.equal((await fdinfo(buffer))['name'], 'a name')
    },
  )

  test(
    'C60 the count rises by one for each copy, mapping, child and import, and falls again',
    options,
    async (t, guest) => {
      const user = await guest.process()
      const source = await four.open(user)
      const buffer = await source.descriptor()
      const device = exporter.sourceHolds ? 1 : 0
      t.equal(
        await references(buffer),
        device + 1,
        'the descriptor, and what holds the buffer besides',
      )
      const copy = await buffer.dup()
      t.equal(await references(buffer), device + 2, 'a copy')
      const another = await source.descriptor()
      const again = exporter.oneBufferASource ? 1 : 0
      t.equal(await references(buffer), device + 2 + again, 'another descriptor')
      const page = await mapFully(exporter, buffer)
      t.equal(await references(buffer), device + 3 + again, 'a mapping')
      const session = await Importer.attached(buffer, 0, 1)
      t.equal(await references(buffer), device + 4 + again, 'an import; attachments live on it')

      await session.close()
      await page.munmap()
      for (const held of [another, copy, source]) await held.close()
      t.equal(await references(buffer), 1)

      const child = await user.fork()
      t.equal(await references(buffer), 2, "a child's descriptor")
      await child.exit()
      await user.wait4(child.pid)
      t.equal(await references(buffer), 1)
    },
  )

  test(
    'C61 bufinfo lists each live buffer and their total, and none after release',
    options,
    async (t, guest) => {
      const user = await guest.process()
      t.equal(await buffersInTotal(guest), 'Total 0 objects, 0 bytes')
      const buffers = [await newBuffer(four, user), await newBuffer(four, user)]
      const different = exporter.oneBufferForAll ? 1 : 2
      const total = `Total ${different} objects, ${different * four.size} bytes`
      t.equal(await buffersInTotal(guest), total)
      const rows = await live(guest, exporter)
      t.equal(rows.length, different)
      for (const { size, count, devices } of rows) {
        const expected = { size: four.size, count: buffers.length / different, devices: [] }
        t.strictSame({ size, count, devices }, expected)
      }
      for (const buffer of buffers) await buffer.close()
      t.strictSame(await live(guest, exporter), [])
      t.equal(await buffersInTotal(guest), 'Total 0 objects, 0 bytes')
    },
  )

  test('C61 bufinfo tells the inode that fstat tells', options, async (t, guest) => {
    const buffer = await newBuffer(four, await guest.process())
    const [listed] = await live(guest, exporter)
    t.equal(listed?.inode, Number((await buffer.fstat()).ino))
  })

  test(
    'C62 bufinfo lists the attached devices, and none after detach',
    options,
    async (t, guest) => {
      const devices = async () => (await live(guest, exporter)).map(buffer => buffer.devices)
      const session = await Importer.attached(await newBuffer(four, await guest.process()), 0, 1)
      t.strictSame(await devices(), [['importer.1', 'importer.0']])
      await session.detach(0)
      t.strictSame(await devices(), [['importer.1']])
      await session.detach(1)
      t.strictSame(await devices(), [[]])
    },
  )

  test(
    'C63 each live buffer has a folder with its size and exporter in sysfs',
    { ...options, needs: sysfsStatistics },
    async (t, guest) => {
      const user = await guest.process()
      t.strictSame(await statistics(guest), [])
      const buffers = [await newBuffer(four, user), await newBuffer(four, user)]
      const inodes = await Promise.all(buffers.map(async buffer => (await buffer.fstat()).ino))
      t.strictSame(await statistics(guest), [...new Set(inodes.map(String))].sort())
      const { exporterName } = exporter.policies(guest.kernel)
      for (const inode of inodes) {
        t.equal(await guest.readFile(`${STATISTICS}/${inode}/size`), `${four.size}\n`)
        t.equal(await guest.readFile(`${STATISTICS}/${inode}/exporter_name`), `${exporterName}\n`)
      }
      for (const buffer of buffers) await buffer.close()
      t.strictSame(await statistics(guest), [], 'none after release')
    },
  )
}

/** Inode numbers of all buffers in sysfs. */
async function statistics(guest: TestGuest): Promise<string[]> {
  return readFolder(await guest.process(), STATISTICS)
}
