import { once } from 'node:events'
import { mkdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { release } from 'node:os'
import { join } from 'node:path'
import { fakeQemu } from './fake-qemu.fixture.js'
import { findQemu } from './qemu.js'
import t, { type Test } from 'tap'
import {
  restore,
  startToSave,
  templateIdentity,
  type Hardware,
  type MachineSpec,
  type Template,
} from './index.js'
import { defined } from '../platform/pick.js'
import type { SerialConsole } from './serial-console.js'
import { toyKernel } from './toy-kernel.js'

interface Saved {
  readonly spec: MachineSpec
  readonly template: Template
  /** The last letter that the guest printed. */
  readonly last: string
}

/** Saves a guest while it counts. */
async function saved(t: Test, hardware?: Hardware): Promise<Saved> {
  const folder = t.testdir({ initramfs: 'none', image: '' })
  const image = join(folder, 'image')
  await writeFile(image, toyKernel('modprove: ready\r\n', 'counts'))
  const initramfs = join(folder, 'initramfs')
  const size = { memoryMiB: 16, cpus: 1 }
  const has = defined({ hardware })
  const spec = {
    image,
    initramfs,
    accelerator: 'tcg' as const,
    append: [],
    folder,
    ...size,
    ...has,
  }
  const template = { folder }
  const saving = await startToSave(spec, template)
  await saving.machine.ready()
  await letters(saving.machine)
  await saving.save()
  await saving[Symbol.asyncDispose]()
  return { spec, template, last: saving.machine.console.tail(1)[0] ?? '' }
}

/** The first complete letters; the guest may have been saved between a letter and its newline. */
async function letters({ console }: { console: SerialConsole }, count = 1): Promise<string[]> {
  for (;;) {
    const seen = console.tail(Infinity).filter(line => /^[a-p]$/.test(line))
    if (seen.length >= count) return seen.slice(0, count)
    await once(console, 'line')
  }
}

async function sister({ spec, template }: Saved, name: string): Promise<MachineSpec> {
  const folder = join(template.folder, name)
  await mkdir(folder)
  return { ...spec, folder }
}

const A = 'a'.charCodeAt(0)
const after = (letter: string): string =>
  String.fromCharCode(A + ((letter.charCodeAt(0) - A + 1) % 16))

void t.test('a machine with disks, ACPI and a PCI bus is saved and restored, too', async t => {
  const one = await saved(t, { board: 'microvm', acpi: true, pci: true, disksMiB: [8, 64] })
  await using machine = await restore(await sister(one, 'first'), one.template)
  t.same(await letters(machine), [after(one.last)])
  await using other = await restore(await sister(one, 'second'), one.template)
  t.same(await letters(other), [after(one.last)], 'with disks of its own')
})

void t.test('so is a PC, whose firmware makes its state longer than a socket holds', async t => {
  const one = await saved(t, { board: 'q35', acpi: false, pci: false, disksMiB: [] })
  t.ok((await readFile(join(one.template.folder, 'state'))).length > 200_000)
  await using machine = await restore(await sister(one, 'first'), one.template)
  t.same(await letters(machine), [after(one.last)])
})

void t.test('restored machines continue where the saved one stopped, independently', async t => {
  const one = await saved(t)
  const memory = await readFile(join(one.template.folder, 'memory'))
  await using first = await restore(await sister(one, 'first'), one.template)
  t.same(await letters(first, 2), [after(one.last), after(after(one.last))])
  await using second = await restore(await sister(one, 'second'), one.template)
  t.same(await letters(second), [after(one.last)], 'unaffected by the other machine')
  t.ok(
    memory.equals(await readFile(join(one.template.folder, 'memory'))),
    'the template is unchanged',
  )
})

void t.test('a template that is cut short does not start, and leaves nothing behind', async t => {
  const one = await saved(t)
  await truncate(join(one.template.folder, 'state'), 1000)
  await t.rejects(restore(await sister(one, 'cut'), one.template), {
    code: 'QEMU_DID_NOT_START',
    end: { how: 'qemu', exitCode: 1 },
    cause: { code: 'TEMPLATE_NOT_MOVED' },
  })
  await t.rejects(restore(one.spec, { folder: '/nowhere' }), {
    code: 'MACHINE_FILE',
  })
})

/** Mimics QEMU 11: an inherited file that no argument names can only be a state to load. */
const REFUSES_FILES = `
for fd in 3 4 5 6 7 8 9; do
  case "$*" in *"/proc/self/fd/$fd,"*) continue ;; esac
  [ -f "/proc/self/fd/$fd" ] || continue
  echo "fd: migration to a file is not supported. Use file: instead." >&2
  exit 1
done`

void t.test('a state is loaded by a QEMU that refuses files', async t => {
  const one = await saved(t)
  const spec = await sister(one, 'restored')
  const real = await findQemu()
  process.env['MODPROVE_QEMU'] = await fakeQemu(
    { testdir: () => spec.folder },
    `${REFUSES_FILES}\nexec ${real} "$@"`,
  )
  t.teardown(() => delete process.env['MODPROVE_QEMU'])
  await using machine = await restore(spec, one.template)
  t.same(await letters(machine), [after(one.last)])
})

void t.test("a template's identity covers what it depends on", async t => {
  const { spec } = await saved(t)
  const name = await templateIdentity(spec)
  t.equal(await templateIdentity(spec), name)
  for (const other of [{ memoryMiB: 32 }, { cpus: 2 }, { append: ['quiet'] }]) {
    t.not(await templateIdentity({ ...spec, ...other }), name, JSON.stringify(other))
  }
  const kvm = await templateIdentity({ ...spec, accelerator: 'kvm' })
  for (const seen of [release(), /^model name/m, /^flags/m, /^address sizes/m])
    t.match(kvm, seen, 'a guest on KVM sees this host')
})
