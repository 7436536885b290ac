import { chmod, open, readFile, rm, writeFile } from 'node:fs/promises'
import { release } from 'node:os'
import { dirname, join } from 'node:path'
import { scaledHere } from '../platform/waiting/deadlines.js'
import { diskFull } from '../platform/files/disk-full.js'
import { harnessError } from '../platform/errors.js'
import { privateFolder } from '../platform/files/private-folder.js'
import { inherited, qemuArguments } from './command-line.js'
import { openTemplate, templateFiles } from './files.js'
import { launch } from './launch.js'
import { ReadyMachine, Machine } from './machine.js'
import { newFile } from './new-file.js'
import { findQemu, qemuAccount, qemuIdentity } from './qemu.js'
import type { Qmp } from './qmp.js'
import { sendState, StateReceiver } from './saved-state.js'
import type { MachineSpec, Template } from './spec.js'
import { wireBoot } from './start.js'

/** Saving and loading take milliseconds. */
const MOVE_MS = 10_000

/** A machine whose memory is a file, so that it can be saved. Disposing ends it. */
export interface SavableMachine extends AsyncDisposable {
  readonly machine: Machine
  /**
   * Stops the guest and saves QEMU's devices; with the memory file, that is a template.
   * @throws ModproveError `TEMPLATE_NOT_MOVED`, `QMP_…`
   */
  save(): Promise<void>
}

/**
 * Boots a machine to be saved as `template`, whose files must not exist.
 * @throws as `start` does; `DISK_FULL`
 */
export async function startToSave(spec: MachineSpec, template: Template): Promise<SavableMachine> {
  const { memory, state } = templateFiles(template)
  const folder = await privateFolder()
  try {
    // A QEMU of another user reaches the socket only through the folder's descriptor.
    await chmod(folder.path, 0o711)
    let uri = ''
    const parts = await launch(spec, {
      wire: async (files, account) => {
        const boot = await wireBoot(spec, files, account)
        const path = inherited(files.add(await newFile(memory, spec.memoryMiB, account)))
        uri = `unix:${inherited(files.add(await open(folder.path, 'r')))}/state`
        return { boot, memory: { path, shared: true } }
      },
      prepare: leaveMemoryOut,
    })
    const { qmp } = parts
    const machine = new Machine(parts)
    return {
      machine,
      save: async () => {
        const deadlineMs = scaledHere(MOVE_MS)
        await using receiver = await StateReceiver.listen(join(folder.path, 'state'))
        await qmp.execute('stop', {}, { deadlineMs })
        await move(qmp, 'migrate', uri, deadlineMs)
        await writeFile(state, await receiver.state(), { flag: 'wx' })
      },
      [Symbol.asyncDispose]: async () => {
        await machine.quit()
        await folder[Symbol.asyncDispose]()
      },
    }
  } catch (error) {
    await folder[Symbol.asyncDispose]()
    // Checked before cleanup frees the space: with no room for its memory, QEMU dies of SIGBUS.
    const full = diskFull(error, "Saving a machine's memory", [dirname(memory)], true)
    await rm(memory, { force: true })
    throw full ?? error
  }
}

/**
 * Restores a machine from a template; it runs from where the saved one stopped. Its memory is a
 * private mapping of the template's file, so unmodified pages are shared and nothing is copied. On
 * KVM, kvm-clock goes on from there, too, and the guest is told that it was stopped
 * (hw/i386/kvm/clock.c), for which it excuses its TSC, locks and RCU (pvclock_touch_watchdogs()).
 * @throws as `start` does; `QEMU_DID_NOT_START` also if the template does not fit this QEMU
 */
export async function restore(spec: MachineSpec, template: Template): Promise<ReadyMachine> {
  let state: Buffer = Buffer.alloc(0)
  let socket = 0
  const parts = await launch(spec, {
    wire: async files => {
      const opened = await openTemplate(template)
      const path = inherited(files.add(opened.memory))
      state = opened.state
      socket = files.addSocket()
      return { memory: { path, shared: false } }
    },
    arguments: ['-incoming', 'defer'],
    prepare: async (qmp, deadlineMs, channel) => {
      await leaveMemoryOut(qmp, deadlineMs)
      sendState(state, channel(socket))
      // A socket works with every QEMU: 11 refuses a file here, and before 8.2 there is no `file:`.
      await move(qmp, 'migrate-incoming', `fd:${socket}`, deadlineMs)
    },
  })
  return new ReadyMachine(parts)
}

/**
 * Identifies what a template depends on of this host: QEMU, its arguments, its user, and the host's
 * processor if the guest sees it. The caller adds what the machine boots.
 */
export async function templateIdentity(
  spec: Omit<MachineSpec, 'folder' | 'signal'>,
): Promise<string> {
  const boot = { kernel: '', initramfs: '' }
  const args = qemuArguments(
    { ...spec, folder: '' },
    { boot, memory: { path: '', shared: true }, channels: [] },
  )
  const uid = (await qemuAccount())?.uid ?? process.getuid?.()
  const processor = spec.accelerator === 'kvm' ? await hostProcessor() : ''
  return [await qemuIdentity(await findQemu()), uid, processor, ...args].join('\n')
}

/** Lines of proc_cpuinfo(5). Processors of one model may differ in the size of their addresses. */
const SEEN = /^(model name|microcode|flags|address sizes)\b/

/** What a guest on KVM sees of the first processor; this kernel decides how much that is. */
async function hostProcessor(): Promise<string> {
  const [first = ''] = (await readFile('/proc/cpuinfo', 'utf8')).split('\n\n')
  return [release(), ...first.split('\n').filter(line => SEEN.test(line))].join('\n')
}

/** The memory is in a file already; only device state is migrated (QAPI's MigrationCapability). */
async function leaveMemoryOut(qmp: Qmp, deadlineMs: number): Promise<void> {
  const on = (capability: string) => ({ capability, state: true })
  const capabilities = [on('x-ignore-shared'), on('events')]
  await qmp.execute('migrate-set-capabilities', { capabilities }, { deadlineMs })
}

/** Saves or loads the state, and waits for completion. */
async function move(qmp: Qmp, command: string, uri: string, deadlineMs: number): Promise<void> {
  const ended = qmp.event(
    ({ event, data }) =>
      event === 'MIGRATION' && (data['status'] === 'completed' || data['status'] === 'failed'),
    deadlineMs,
  )
  const [{ data }] = await Promise.all([ended, qmp.execute(command, { uri }, { deadlineMs })])
  if (data['status'] === 'completed') return
  throw harnessError('TEMPLATE_NOT_MOVED', `QEMU's command ${command} failed`)
}
