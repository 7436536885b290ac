import {
  O_RDWR,
  PROT_EXEC,
  PROT_NONE,
  PROT_READ,
  PROT_WRITE,
  type DeclareTest,
  type Descriptor,
} from 'modprove'
import { references } from '../bufinfo.js'
import { expectations } from '../expectations.js'
import { PAGE } from '../mappings.js'
import { isOneForAll, isReadOnly, isSmaller, mapFully, mark, stamp } from './access.js'
import { newBuffer, type Exporter } from './adapter.js'
import { released } from './released.js'

/** C34 to C42 and C84: the life of a mapping; `frames.ts` and `pages.ts` have the rest. */
export function mappingPromises(test: DeclareTest, exporter: Exporter): void {
  const four = exporter.of(4)
  const { modules, size } = four
  const { greeting } = exporter
  const mapAll = (buffer: Descriptor) => mapFully(exporter, buffer, { length: size })

  test('C34 mprotect takes access away and gives it back', { modules }, async (t, guest) => {
    const pages = await mapAll(await newBuffer(four, await guest.process()))
    await pages.mprotect(PROT_NONE)
    await t.rejects(pages.read(), { code: 'SIGSEGV' })
    await pages.mprotect(PROT_READ)
    t.equal(await pages.cstring(), greeting)
    await t.rejects(pages.write('x'), { code: 'SIGSEGV' })
    if (!exporter.modes.includes(O_RDWR)) return
    await pages.mprotect(PROT_READ | PROT_WRITE)
    await pages.write('x')
    t.equal(await pages.cstring(), `x${greeting.slice(1)}`)
  })

  test(
    'C34 mprotect to execute is answered as this kernel answers',
    { modules },
    async (t, guest) => {
      const pages = await mapAll(await newBuffer(four, await guest.process()))
      const { protExec } = expectations(guest.kernel)
      const change = pages.mprotect(PROT_READ | PROT_EXEC)
      if (protExec === undefined) await t.resolves(change)
      else await t.rejects(change, { code: protExec })
    },
  )

  test(
    'C35 what is left of a partly unmapped mapping is readable, the hole faults',
    { modules },
    async (t, guest) => {
      if (isSmaller(t, four, 3)) return
      const buffer = await newBuffer(four, await guest.process())
      const texts = await stamp(exporter, four, buffer)
      const pages = await mapAll(buffer)
      await pages.munmap({ offset: PAGE, length: PAGE })
      await t.rejects(pages.read(PAGE, 1), { code: 'SIGSEGV' })
      for (let page = 0; page < four.pages; page++) {
        if (page !== 1) t.equal(await pages.cstring(page * PAGE), texts[page])
      }
    },
  )

  test(
    'C36 parent and child share a mapping, and the end of the child does no harm',
    { modules },
    async (t, guest) => {
      if (isReadOnly(t, exporter)) return
      const user = await guest.process()
      const buffer = await newBuffer(four, user)
      const pages = await mapAll(buffer)
      await buffer.close()
      const child = await user.fork()
      const inherited = child.mapping(pages)
      await pages.write('by the parent\0')
      t.equal(await inherited.cstring(), 'by the parent')
      await inherited.write('by the child\0')
      await child.exit()
      await user.wait4(child.pid)
      t.equal(await pages.cstring(), 'by the child')
      t.equal(await released(guest, exporter), 0)
    },
  )

  test('C36 a mapping outlives the parent that made it', { modules }, async (t, guest) => {
    const parent = await guest.process()
    const pages = await mapAll(await newBuffer(four, parent))
    const child = await parent.fork()
    await parent.exit()
    await parent.exited
    t.equal(await child.mapping(pages).cstring(), greeting)
  })

  test('C37 a mapping can be made shorter, and moved', { modules }, async (t, guest) => {
    if (isSmaller(t, four, 3)) return
    const buffer = await newBuffer(four, await guest.process())
    const texts = await stamp(exporter, four, buffer)
    const pages = await mapAll(buffer)
    const shorter = await pages.mremap({ length: 2 * PAGE })
    t.equal(await shorter.cstring(PAGE), texts[1])
    await t.rejects(pages.read(2 * PAGE, 1), { code: 'SIGSEGV' })

    const elsewhere = shorter.address + 0x10000000n
    const moved = await shorter.mremap({ length: 2 * PAGE, address: elsewhere })
    t.equal(moved.address, elsewhere)
    t.equal(await moved.cstring(PAGE), texts[1])
    await t.rejects(shorter.read(0, 1), { code: 'SIGSEGV' })
  })

  test('C41 a mapping stays valid when the descriptor is closed', { modules }, async (t, guest) => {
    const buffer = await newBuffer(four, await guest.process())
    const text = await mark(exporter, buffer, 'before the close')
    const pages = await mapAll(buffer)
    await buffer.close()
    t.equal(await pages.cstring(), text)
    t.equal(await released(guest, exporter), 0)
  })

  test(
    'C42 each mapping holds the buffer once, each part of a split one too',
    { modules },
    async (t, guest) => {
      const buffer = await newBuffer(four, await guest.process())
      t.equal(await references(buffer), 1, 'the descriptor')
      const one = await mapAll(buffer)
      t.equal(await references(buffer), 2, 'and a mapping')
      const two = await mapAll(buffer)
      t.equal(await references(buffer), 3, 'and another')
      if (four.pages >= 3) {
        await two.munmap({ offset: PAGE, length: PAGE })
        t.equal(await references(buffer), 4, 'and the other half of that')
      }
      await two.munmap()
      t.equal(await references(buffer), 2)
      await one.munmap()
      t.equal(await references(buffer), 1)
    },
  )

  test(
    'C84 a mapping shows no other bytes when everything else of the buffer is closed',
    { modules },
    async (t, guest) => {
      if (isReadOnly(t, exporter) || isOneForAll(t, exporter)) return
      const user = await guest.process()
      const source = await four.open(user)
      const buffer = await source.descriptor()
      const { sourceMayGo } = exporter.policies(guest.kernel)
      if (!sourceMayGo) await source.close()
      const pages = await mapAll(buffer)
      const content = Buffer.alloc(size, 'mine ')
      await pages.write(content)
      if (sourceMayGo) await source.close()
      await buffer.close()
      // Freed pages would be reused for the next buffers.
      for (let round = 0; round < 8; round++) {
        await (await mapAll(await newBuffer(four, user))).write(Buffer.alloc(size, 'yours'))
      }
      t.ok(content.equals(await pages.read()))
    },
  )
}
