import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { setHostSlowness } from '../platform/waiting/deadlines.js'
import { fakeQemu } from './fake-qemu.fixture.js'
import { start, type Machine, type MachineSpec } from './index.js'
import { qemuVersion } from './qemu-version.js'
import { toyKernel, type ToyEnding } from './toy-kernel.js'

setHostSlowness(1)
// In parallel, because each waits for a deadline.
t.jobs = 3

/** @param folder created here */
async function toy(folder: string, text: string, ending: ToyEnding): Promise<MachineSpec> {
  await mkdir(folder)
  const [image, initramfs] = [join(folder, 'image'), join(folder, 'initramfs')]
  await writeFile(image, toyKernel(text, ending))
  await writeFile(initramfs, 'none')
  const size = { memoryMiB: 16, cpus: 1 }
  return { image, initramfs, accelerator: 'tcg', ...size, append: [], folder }
}

/** Runs `begin` with another QEMU, which is looked up synchronously. */
function withQemu<T>(qemu: string, begin: () => Promise<T>): Promise<T> {
  process.env['MODPROVE_QEMU'] = qemu
  const begun = begin()
  delete process.env['MODPROVE_QEMU']
  return begun
}

void t.test('a QEMU that hangs before it answers is given up within seconds', async t => {
  const spec = await toy(join(t.testdir(), 'machine'), '', 'rests')
  // Not exec, so that the wrapper's child is tested, too.
  const version = 'QEMU emulator version 99.1 (hangs)'
  const hangs = await fakeQemu(
    { testdir: () => spec.folder },
    `[ "$1" = --version ] && { echo '${version}'; exit; }; sleep 1000; true`,
  )
  await t.rejects(
    withQemu(hangs, () => start(spec)),
    {
      code: 'QEMU_DID_NOT_START',
      message: `a machine could not be started by ${hangs} (${version}): it was killed by the harness: QEMU did not answer: no answer to the command qmp_capabilities within 20000 ms`,
      cause: { code: 'QMP_MUTE', message: /within 20000 ms/ },
    },
  )
})

void t.test('a QEMU that does not print its version is given up within seconds', async t => {
  const hangs = await fakeQemu(t, 'sleep 1000; true')
  await t.rejects(withQemu(hangs, qemuVersion), {
    code: 'QEMU_UNUSABLE',
    message: /--version did not end within 5 s/,
  })
})

void t.test("a silent guest is given up by its kernel's earlier boot time", async t => {
  const folder = t.testdir()
  const bootTime = join(folder, 'boot-time')
  const ready = await toy(join(folder, 'ready'), 'modprove: ready\r\n', 'rests')
  await using machine = await start({ ...ready, bootTime })
  await machine.ready()
  t.match(JSON.parse(await readFile(bootTime, 'utf8')), { tcg: Number })
  const mute = await toy(join(folder, 'mute'), '', 'spins')
  await using silent: Machine = await start({ ...mute, bootTime })
  await t.rejects(silent.ready(), {
    code: 'GUEST_DID_NOT_BOOT',
    message: /printed nothing for 10 s/,
  })
})
