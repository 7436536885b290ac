import { SEEK_CUR, SEEK_DATA, SEEK_END, SEEK_HOLE, SEEK_SET, type DeclareTest } from 'modprove'
import { PAGE } from '../mappings.js'
import { stamp } from './access.js'
import { newBuffer, sizesOf, type Exporter } from './adapter.js'

/** C21 to C25: the size of a buffer never changes. */
export function sizePromises(test: DeclareTest, exporter: Exporter): void {
  for (const sized of sizesOf(exporter)) {
    const { modules, pages, size } = sized

    test(`C21 a buffer of ${pages} pages ends at its size`, { modules }, async (t, guest) => {
      const buffer = await newBuffer(sized, await guest.process())
      t.equal(await buffer.lseek(0, SEEK_END), size)
    })

    test(
      `C24 fstat tells the size of ${pages} pages, all of them allocated`,
      { modules },
      async (t, guest) => {
        const buffer = await newBuffer(sized, await guest.process())
        const status = await buffer.fstat()
        t.equal(status.size, size)
        t.equal(status.blocks * 512, size)
      },
    )
  }

  const [one, four] = [exporter.of(1), exporter.of(4)]
  const { modules } = one

  test(
    'C22 seeking to the start works, seeking anywhere else does not',
    { modules },
    async (t, guest) => {
      const buffer = await newBuffer(one, await guest.process())
      t.equal(await buffer.lseek(0, SEEK_SET), 0)
      for (const offset of [1, PAGE, -1]) {
        await t.rejects(buffer.lseek(offset, SEEK_SET), { code: 'EINVAL' }, `SEEK_SET ${offset}`)
        await t.rejects(buffer.lseek(offset, SEEK_END), { code: 'EINVAL' }, `SEEK_END ${offset}`)
      }
    },
  )

  test('C23 the other ways of seeking are refused', { modules }, async (t, guest) => {
    const buffer = await newBuffer(one, await guest.process())
    for (const whence of [SEEK_CUR, SEEK_DATA, SEEK_HOLE]) {
      await t.rejects(buffer.lseek(0, whence), { code: 'EINVAL' }, `whence ${whence}`)
    }
  })

  test(
    'C25 the size is of whole pages, and no use of the buffer changes it',
    { modules: four.modules },
    async (t, guest) => {
      const user = await guest.process()
      const source = await four.open(user)
      const buffer = await source.descriptor()
      const size = await buffer.lseek(0, SEEK_END)
      t.equal(size % PAGE, 0)
      await stamp(exporter, four, buffer)
      await user.ftruncate(buffer, PAGE).catch(() => undefined)
      t.equal(await buffer.lseek(0, SEEK_END), size, 'after using and truncating')
      const another = await source.descriptor()
      t.equal(await another.lseek(0, SEEK_END), size, 'of another descriptor')
    },
  )
}
