import type { FileHandle } from 'node:fs/promises'
import type { Duplex } from 'node:stream'
import { join } from 'node:path'
import { abortedAfter, scaled, scaledHere } from '../platform/deadlines.js'
import { harnessError, ModproveError } from '../platform/errors.js'
import { sweepPrivateFolders } from '../platform/private-folder.js'
import { escapeTerminal } from '../platform/text.js'
import {
  CHANNELS,
  commandLineByHand,
  FIRST_FILE,
  harnessChannels,
  qemuArguments,
  type Wiring,
} from './command-line.js'
import { answersOn } from './console-ping.js'
import { Console } from './console.js'
import type { MachineParts } from './live-machine.js'
import { QemuDidNotStart } from './qemu-did-not-start.js'
import { findQemu, firmwareArguments, qemuAccount } from './qemu.js'
import { QemuProcess } from './qemu-process.js'
import { qemuVersion } from './qemu-version.js'
import { Qmp } from './qmp.js'
import type { MachineSpec } from './spec.js'
import type { Account } from '../platform/process/owned.js'

/** QEMU opens its control channel within 0.1 s, whatever accelerator its guest will run on. */
const FIRST_ANSWER_MS = 10_000

/** Longest a QEMU that has closed its control channel, or failed to load a state, may take to end. */
const OWN_END_MS = 5_000

/** What the guest's init prints, alone on a line, when its ssh server listens. */
const READY_LINE = 'modprove: ready'

/**
 * kernel/reboot.c: a microvm cannot be switched off, so a kernel that was told to is at its end and QEMU is not. Anybody
 * may print it: a guest that answers on its console afterwards is not at its end.
 */
const HALTED = /^(?:\[ *\d+\.\d+\](?:\[ *[TC]\d+\])? )?reboot: (?:Power down|System halted)$/

/** Longest a guest that printed it may take to answer. */
const HALTED_MS = 500

/** Descriptors that QEMU inherits, beside the channels. */
export class InheritedFiles implements AsyncDisposable {
  readonly #files: (FileHandle | 'pipe')[] = []

  /** Closes the file with the others. @returns the descriptor that QEMU has it by */
  add(file: FileHandle): number {
    return FIRST_FILE + this.#files.push(file) - 1
  }

  /** One end of a socket pair; the other is QEMU's channel of that descriptor, see {@link Launch.prepare}. */
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

/** What a way of starting adds to the common one. */
export interface Launch {
  /** @param account who QEMU runs as when that is another user */
  wire(files: InheritedFiles, account: Account | undefined): Promise<Omit<Wiring, 'channels'>>
  /** More arguments of QEMU's. */
  readonly arguments?: readonly string[]
  /**
   * What the monitor is told before the guest runs.
   * @param channel the harness's end of a socket that QEMU inherited
   */
  prepare?(qmp: Qmp, deadlineMs: number, channel: (descriptor: number) => Duplex): Promise<void>
}

/**
 * Starts QEMU; the guest runs when this resolves. The console is appended to `console.log` in the spec's
 * folder.
 * @throws ModproveError `QEMU_MISSING`, `MACHINE_FILE`, `QEMU_DID_NOT_START`; the signal's reason when it aborts
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
    throw new QemuDidNotStart(end, qemu.stderr, { binary, version, commandLine, cause })
  }
}

/** Whether a QEMU that failed so ends by itself, with a status that says more than our kill would. */
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
  const args = [
    ...firmware,
    ...qemuArguments(spec, { ...wiring, channels: harnessChannels }),
    ...(way.arguments ?? []),
  ]
  const qemu = new QemuProcess(binary, args, {
    // In the order of CHANNELS, then from FIRST_FILE on.
    descriptors: ['pipe', 'pipe', ...files.descriptors],
    ...(account === undefined ? {} : { account }),
  })
  // Before anything is awaited: Node drops what nobody reads when the process ends.
  const qmp = new Qmp(qemu.channel(CHANNELS.qmp))
  qmp.on('event', event => qemu.tell(event))
  const console = new Console(qemu.channel(CHANNELS.console), join(spec.folder, 'console.log'))
  return { qemu, qmp, console, ready: console.line(READY_LINE) }
}

/** The host's end of the forwarding to the guest's port 22, from a line such as
 *  `TCP[HOST_FORWARD]  14       127.0.0.1 41835       10.0.2.15    22`. */
async function forwardedPort(qmp: Qmp): Promise<number> {
  const table = await qmp.monitor('info usernet')
  const port = /HOST_FORWARD\]\s+\d+\s+127\.0\.0\.1\s+(\d+)/.exec(table)?.[1]
  if (port !== undefined) return Number(port)
  throw harnessError('QEMU_NO_PORT', 'QEMU forwards no port to the guest', {
    detail: escapeTerminal(table, 2000),
  })
}
