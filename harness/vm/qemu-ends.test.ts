import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { fakeQemu } from './fake-qemu.fixture.js'
import { restore, start, type MachineSpec } from './index.js'

/** A spec and a template whose files are only opened. */
async function anything(t: Test): Promise<{ spec: MachineSpec; template: { folder: string } }> {
  const folder = t.testdir({ image: '', initramfs: '', memory: '', state: '' })
  const [image, initramfs] = [join(folder, 'image'), join(folder, 'initramfs')]
  await writeFile(join(folder, 'console.log'), '')
  const size = { memoryMiB: 16, cpus: 1 }
  const spec = { image, initramfs, accelerator: 'tcg' as const, ...size, append: [], folder }
  return { spec, template: { folder } }
}

/** Repetitions; an experiment under load uses 200. */
const TIMES = Number(process.env['MODPROVE_TEST_TIMES'] ?? 1)

/** Starts and restores machines of a fake QEMU, and expects its exit status in the error. */
async function endsAs(t: Test, script: string, exitCode: number): Promise<void> {
  const { spec, template } = await anything(t)
  process.env['MODPROVE_QEMU'] = await fakeQemu({ testdir: () => spec.folder }, script)
  const error = {
    code: 'QEMU_DID_NOT_START',
    detail: 'qemu: no room',
    end: { how: 'qemu', exitCode, signal: undefined },
    cause: { code: 'QMP_CLOSED' },
  }
  for (let time = 0; time < TIMES; time += 1) {
    await t.rejects(start(spec), error)
    await t.rejects(restore(spec, template), error)
  }
}

for (const ms of [0, 1, 5, 50, 300])
  void t.test(
    `a QEMU that exits after ${ms} ms is reported with its status and stderr`,
    async t => {
      await endsAs(t, `echo 'qemu: no room' >&2; sleep ${ms / 1000}; exit 1`, 1)
    },
  )

void t.test('a QEMU whose channels close before it exits is reported with its status', async t => {
  await endsAs(t, `echo 'qemu: no room' >&2; exec 3>&- 4>&-; sleep 0.3; exit 7`, 7)
})

void t.test('a QEMU that refuses a command and keeps running is killed', async t => {
  const { spec } = await anything(t)
  process.env['MODPROVE_QEMU'] = await fakeQemu(
    { testdir: () => spec.folder },
    `read asked <&3; echo '{"error":{"class":"GenericError","desc":"no"},"id":1}' >&3; sleep 1000; true`,
  )
  await t.rejects(start(spec), {
    end: { how: 'killed', why: /QEMU refused the command qmp_capabilities/ },
    cause: { code: 'QMP_ERROR' },
  })
})
