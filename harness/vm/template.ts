import { chmod, open, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { scaledHere } from '../platform/deadlines.js'
import { diskFull } from '../platform/disk-full.js'
import { harnessError } from '../platform/errors.js'
import { privateFolder } from '../platform/private-folder.js'
import type { Account } from '../platform/process/owned.js'
import { inherited, qemuArguments } from './command-line.js'
import { openTemplate, templateFiles } from './files.js'
import { launch, type InheritedFiles } from './launch.js'
import { BootedMachine, Machine } from './machine.js'
import { findQemu, qemuAccount, qemuIdentity } from './qemu.js'
import type { Qmp } from './qmp.js'
import { sendState, StateReceiver } from './saved-state.js'
import type { MachineSpec, Template } from './spec.js'
import { wireBoot } from './start.js'

/** Saving and loading takes milliseconds. */
const MOVE_MS = 10_000

/** A machine whose memory is a file: it can be saved. Disposing ends it. */
export interface SavableMachine extends AsyncDisposable {
  readonly machine: Machine
  /**
   * Stops the guest and writes what is not in its memory: the machine's files are a template then.
   * @throws ModproveError `TEMPLATE_NOT_MOVED`, `QMP_…`
   */
  save(): Promise<void>
}

/**
 * Boots a machine that is to be saved as `template`, whose files must not exist.
 * @throws as `start` does; `DISK_FULL`
 */
export async function startToSave(spec: MachineSpec, template: Template): Promise<SavableMachine> {
  const { memory, state } = templateFiles(template)
  const folder = await privateFolder()
  try {
    // QEMU may be another user: it reaches the socket through the folder's descriptor, and no other way.
    await chmod(folder.path, 0o711)
    let uri = ''
    const parts = await launch(spec, {
      wire: async (files, account) => {
        const boot = await wireBoot(spec, files, account)
        const path = await newMemory(memory, spec.memoryMiB, files, account)
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
    // QEMU dies of SIGBUS where there is no room for its guest's memory: looked at before that is made room again.
    const full = diskFull(error, "Saving a machine's memory", [dirname(memory)], true)
    await rm(memory, { force: true })
    throw full ?? error
  }
}

/**
 * A fresh machine from a template, running where the saved one stopped. Its memory is a private mapping of
 * the template's file: what it does not write it shares with all others, and nothing is copied.
 * @throws as `start` does; `QEMU_DID_NOT_START` also where the template does not fit this QEMU
 */
export async function restore(spec: MachineSpec, template: Template): Promise<BootedMachine> {
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
      // A socket, which every QEMU takes: 11 refuses a file here, and before 8.2 none knows `file:`.
      await move(qmp, 'migrate-incoming', `fd:${socket}`, deadlineMs)
    },
  })
  return new BootedMachine(parts)
}

/**
 * Names all of this host's that a template of such a machine depends on: QEMU, its arguments, its user, and
 * the processor where the guest sees it. What the machine boots is left to the caller.
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
  const processor = spec.accelerator === 'kvm' ? await processorFlags() : ''
  return [await qemuIdentity(await findQemu()), uid, processor, ...args].join('\n')
}

/** Model and features of the first processor, as proc_cpuinfo(5) tells them. */
async function processorFlags(): Promise<string> {
  const [first = ''] = (await readFile('/proc/cpuinfo', 'utf8')).split('\n\n')
  return first
    .split('\n')
    .filter(line => /^(model name|microcode|flags)\b/.test(line))
    .join('\n')
}

/** The memory is a file already; only the devices' state moves (QAPI's MigrationCapability). */
async function leaveMemoryOut(qmp: Qmp, deadlineMs: number): Promise<void> {
  const on = (capability: string) => ({ capability, state: true })
  const capabilities = [on('x-ignore-shared'), on('events')]
  await qmp.execute('migrate-set-capabilities', { capabilities }, { deadlineMs })
}

/** Saves or loads the state, and waits until that is done. */
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

/** @returns the path under which QEMU finds the new file */
async function newMemory(
  path: string,
  memoryMiB: number,
  files: InheritedFiles,
  account: Account | undefined,
): Promise<string> {
  const file = await open(path, 'wx', 0o600)
  const inheritedPath = inherited(files.add(file))
  await file.truncate(memoryMiB * 1024 * 1024)
  // A private mapping, too, is of a file that QEMU opens to read and to write.
  if (account !== undefined) await file.chown(account.uid, account.gid)
  return inheritedPath
}
