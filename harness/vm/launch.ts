import type { FileHandle } from 'node:fs/promises'
import type { Duplex } from 'node:stream'
import { join } from 'node:path'
import { abortedAfter, scaled, scaledHere } from '../platform/waiting/deadlines.js'
import { harnessError, ModproveError } from '../platform/errors.js'
import { sweepPrivateFolders } from '../platform/files/private-folder.js'
import { escapeTerminal } from '../platform/text/text.js'
import {
  CHANNELS,
  commandLineByHand,
  FIRST_FILE,
  harnessChannels,
  inherited,
  qemuArguments,
  type Wiring,
} from './command-line.js'
import { answersOn } from './console-ping.js'
import { SerialConsole } from './serial-console.js'
import type { MachineParts } from './live-machine.js'
import { newDisk } from './new-file.js'
import { QemuDidNotStart } from './qemu-did-not-start.js'
import { findQemu, firmwareArguments, qemuAccount } from './qemu.js'
import { QemuProcess } from './qemu-process.js'
import { qemuVersion } from './qemu-version.js'
import { Qmp } from './qmp.js'
import type { MachineSpec } from './spec.js'
import type { Account } from '../platform/process/owned.js'

/** QEMU opens its control channel within 0.1 s, with either accelerator; it is started once. */
const FIRST_ANSWER_MS = 20_000

/** Longest time QEMU may take to exit after it closed its channel or failed to load a state. */
const OWN_END_MS = 5_000

/** What the guest's init prints, alone on a line, when its ssh server is listening. */
const READY_LINE = 'modprove: ready'

/**
 * Last line of a powered-off kernel (kernel/reboot.c): a microvm cannot power off, so QEMU stays.
 * Anyone can print it, so a guest that still answers on its console has not halted.
 */
const HALTED = /^(?:\[ *\d+\.\d+\](?:\[ *[TC]\d+\])? )?reboot: (?:Power down|System halted)$/

/** Longest time a guest that printed it may take to answer. */
const HALTED_MS = 500

/** Descriptors that QEMU inherits in addition to the channels. */
export class InheritedFiles implements AsyncDisposable {
  readonly #files: (FileHandle | 'pipe')[] = []

  /** Adds a file to close with the others. @returns its descriptor in QEMU */
  add(file: FileHandle): number {
    return FIRST_FILE + this.#files.push(file) - 1
  }

  /** Adds a socket pair; {@link Launch.prepare} gets the other end. @returns as `add` */
  addSocket(): number {
    return FIRST_FILE + this.#files.push('pipe') - 1
  }

  get descriptors(): (number | 'pipe')[] {
    return this.#files.map(file => (file === 'pipe' ? file : file.fd))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const file of this.#files) if (file !== 'pipe') await file.close()
  }
}

/** What one way of starting adds to the common part. */
export interface Launch {
  /** @param account the user QEMU runs as, if that is another */
  wire(
    files: InheritedFiles,
    account: Account | undefined,
  ): Promise<Omit<Wiring, 'channels' | 'disks'>>
  /** Further QEMU arguments. */
  readonly arguments?: readonly string[]
  /**
   * Sends monitor commands before the guest runs.
   * @param channel returns the harness's end of a socket that QEMU inherited
   */
  prepare?(qmp: Qmp, deadlineMs: number, channel: (descriptor: number) => Duplex): Promise<void>
}

/**
 * Starts QEMU; the guest runs when this resolves. The console is appended to `console.log` in the
 * spec's folder.
 * @throws ModproveError `QEMU_MISSING`, `MACHINE_FILE`, `QEMU_DID_NOT_START`; the signal's reason
 * when it aborts
 */
export async function launch(spec: MachineSpec, way: Launch): Promise<MachineParts> {
  spec.signal?.throwIfAborted()
  const binary = await findQemu()
  const firmware = await firmwareArguments(binary)
  const commandLine = commandLineByHand([binary, ...firmware], spec)
  await sweepPrivateFolders()
  const startedMs = performance.now()
  const { qemu, qmp, console, ready } = await spawn(binary, firmware, spec, way)
  const abort = () => qemu.kill('the run was interrupted')
  spec.signal?.addEventListener('abort', abort, { once: true })
  void qemu.ended.then(() => spec.signal?.removeEventListener('abort', abort))
  let isAsking = false
  console.on('line', line => {
    if (isAsking || !HALTED.test(line)) return
    isAsking = true
    const over = abortedAfter(scaled(HALTED_MS, spec.accelerator))
    void answersOn(console, qemu.channel(CHANNELS.console), qemu.ended, over).then(answers => {
      isAsking = false
      if (!answers) qemu.halted()
    })
  })
  try {
    if (spec.signal?.aborted) abort()
    const deadlineMs = scaledHere(FIRST_ANSWER_MS)
    await qmp.negotiate({ deadlineMs })
    await way.prepare?.(qmp, deadlineMs, descriptor => qemu.channel(descriptor))
    const sshPort = await forwardedPort(qmp)
    await qmp.execute('cont', {}, { deadlineMs })
    return { spec, qemu, qmp, console, commandLine, ready, startedMs, sshPort }
  } catch (cause) {
    const why = (cause as Error).message
    const end = await qemu.endWithin(isEnding(cause) ? scaledHere(OWN_END_MS) : 0, why)
    await console.ended
    spec.signal?.throwIfAborted()
    const version = await qemuVersion(binary).catch((error: Error) => error.message)
    throw new QemuDidNotStart(end, qemu.stderr, `${binary} (${version})`, commandLine, cause)
  }
}

/** Whether QEMU is exiting by itself, with a status that says more than our kill would. */
const isEnding = (cause: unknown): boolean =>
  cause instanceof ModproveError && ['QMP_CLOSED', 'TEMPLATE_NOT_MOVED'].includes(cause.code)

type Spawned = Pick<MachineParts, 'qemu' | 'qmp' | 'console' | 'ready'>

async function spawn(
  binary: string,
  firmware: readonly string[],
  spec: MachineSpec,
  way: Launch,
): Promise<Spawned> {
  const account = await qemuAccount()
  await using files = new InheritedFiles()
  const wiring = await way.wire(files, account)
  const disks: string[] = []
  for (const mib of spec.hardware?.disksMiB ?? [])
    disks.push(inherited(files.add(await newDisk(mib, account))))
  const args = [
    ...firmware,
    ...qemuArguments(spec, { ...wiring, disks, channels: harnessChannels }),
    ...(way.arguments ?? []),
  ]
  const qemu = new QemuProcess(binary, args, {
    // In the order of CHANNELS, followed by those from FIRST_FILE.
    descriptors: ['pipe', 'pipe', ...files.descriptors],
    ...(account === undefined ? {} : { account }),
  })
  // Attached before any await: Node drops unread data when the process ends.
  const qmp = new Qmp(qemu.channel(CHANNELS.qmp))
  qmp.on('event', event => qemu.onEvent(event))
  const console = new SerialConsole(
    qemu.channel(CHANNELS.console),
    join(spec.folder, 'console.log'),
  )
  return { qemu, qmp, console, ready: console.line(READY_LINE) }
}

/**
 * Finds the host port forwarded to the guest's port 22, from a line such as
 * `TCP[HOST_FORWARD]  14       127.0.0.1 41835       10.0.2.15    22`.
 */
async function forwardedPort(qmp: Qmp): Promise<number> {
  const table = await qmp.monitor('info usernet')
  const port = /HOST_FORWARD\]\s+\d+\s+127\.0\.0\.1\s+(\d+)/.exec(table)?.[1]
  if (port !== undefined) return Number(port)
  throw harnessError('QEMU_NO_PORT', 'QEMU forwards no port to the guest', {
    detail: escapeTerminal(table, 2000),
  })
}
