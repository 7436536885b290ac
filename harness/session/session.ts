import { readFile } from 'node:fs/promises'
import { connect as dial } from 'node:net'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { abortedAfter, scaled, scaledHere } from '../platform/deadlines.js'
import { ModproveError, failureError } from '../platform/errors.js'
import type { FindingReport, Problem } from '../contract/events.js'
import type { Guest, OtherProcess } from '../guest/index.js'
import type { LogRecord } from '../contract/log-record.js'
import {
  causeOfDeath,
  FindingReader,
  nameAddresses,
  recordsOfConsole,
  Symbolizer,
  whatRan,
  type Death,
  type Finding,
} from '../verdict/index.js'
import type { BootedMachine, MachineEvidence } from '../vm/index.js'
import { connectMachine } from './boot.js'
import { machineEndForVerdict } from './machine-end.js'
import { Guards } from './guards.js'
import { HeldFindings } from './held-findings.js'
import type { MachineSetup } from './job.js'
import { KernelLogFile } from './kernel-log-file.js'
import { LATE_MS } from './listen.js'
import type { Life } from './life-watch.js'
import { moduleNotBuilt } from './module-not-built.js'
import { Modules } from './modules.js'
import { outliving, readBaseline, type Baseline } from './outliving.js'
import { withoutZeros } from './registers.js'
import type { Standing } from './standing.js'
import { stuckInSilence, stuckInTask } from './stuck.js'
import type { ModuleSpec } from '../suite-api/module-spec.js'

const CONSOLE_LINES = 2000
/**
 * An oops, by the counter that die() of every architecture prints: `Oops: 0002 [#1] PREEMPT SMP`.
 */
const OOPS = /: [0-9a-f]{4,16} \[#\d+\]/
/** Time for undamaged work to end after an oops, and for the oops to be logged completely. */
const AFTERMATH_MS = 2_000
const PING_MS = 3_000
/** Until a guest that does not answer by ssh is asked on its console, too. */
const ELSEWHERE_MS = 500
/** Console lines shown after the connection was lost. */
const SHOWN_LINES = 40
/** Reports shown whose records were lost. */
const SHOWN_REPORTS = 3
/** A panicking kernel still prints and restarts after the connection is cut. */
const LAST_WORDS_MS = 3_000

/** What is known about a machine that is gone or does not answer. */
export interface PostMortem {
  readonly death: Death
  readonly findings: readonly Finding[]
  /** Blocked tasks or registers, for the user; may be empty. */
  readonly evidence: string
  /** The function that it hangs in, if known. */
  readonly stuckIn?: string
}

/** One machine with a connection to its guest, and its kernel's reports. Serves one suite file. */
export class Session implements AsyncDisposable {
  readonly guest: Guest
  readonly modules: Modules
  readonly guards: Guards
  readonly machine: BootedMachine
  /** Resolves when the guest cannot be asked any more. */
  readonly gone: Promise<void>
  /** Also resolves some time after an oops killed a task: waiters for its locks hang. */
  readonly doomed: Promise<void>
  /**
   * State after the last test, if the next may start from it: the guest has not run anything since.
   */
  standing: Standing | undefined
  /** Called for each kernel report as it arrives. */
  onReport: ((finding: Finding) => void) | undefined
  /** Why its machine was booted instead of restored. */
  notRestored: string | undefined
  readonly #place: MachineSetup
  readonly #reader: FindingReader
  readonly #findings = new HeldFindings()
  readonly #symbolizer: Symbolizer
  readonly #log: KernelLogFile
  #isGone = false
  /** Why the guest cannot be asked any more. */
  #lostBecause = ''
  #toldLost = 0
  /** The state before a module was loaded. */
  #baseline: Baseline | undefined

  private constructor(
    place: MachineSetup,
    folder: string,
    machine: BootedMachine,
    guest: Guest,
    modules: Modules,
  ) {
    this.#place = place
    this.machine = machine
    this.guest = guest
    this.modules = modules
    this.guards = new Guards(guest)
    this.#reader = new FindingReader(place.modules, finding => this.onReport?.(finding))
    this.#symbolizer = new Symbolizer(place.modules)
    this.#log = new KernelLogFile(`${folder}/kernel.log`)
    let onOops: () => void = () => undefined
    const aftermath = new Promise<void>(resolve => {
      const ms = scaled(AFTERMATH_MS, place.machine.accelerator)
      onOops = () => setTimeout(resolve, ms).unref()
    })
    const take = (record: LogRecord): void => {
      if (record.facility === 0 && OOPS.test(record.text)) onOops()
      this.#findings.add(this.#reader.push(record))
      this.#log.write(record)
    }
    guest.log.since(-1).forEach(take)
    guest.log.on('record', take)
    this.gone = Promise.race([machine.ended, guest.closed]).then(() => {
      this.#isGone = true
    })
    void guest.closed.then(({ message }) => (this.#lostBecause = message))
    this.doomed = Promise.race([this.gone, aftermath])
  }

  /**
   * Starts a machine, whose console and kernel log are kept in `folder`, and connects to it.
   *
   * @param say receives one line for the user
   * @throws ModproveError `GUEST_DID_NOT_BOOT` and the like, with the console's last lines
   */
  static async open(
    place: MachineSetup,
    folder: string,
    signal: AbortSignal,
    say: (text: string) => void,
  ): Promise<Session> {
    const { machine, guest, keeper, notRestored } = await connectMachine(place, folder, signal, say)
    const session = new Session(place, folder, machine, guest, new Modules(keeper, guest))
    session.notRestored = notRestored
    return session
  }

  get brokenPrograms(): MachineSetup['brokenPrograms'] {
    return this.#place.brokenPrograms
  }

  /** Why the kernel log is not kept any more. */
  get unkept(): Error | undefined {
    return this.#log.failure
  }

  get isGone(): boolean {
    return this.#isGone
  }

  /** Resolves once `isGone` is up to date after a failed call. */
  settled(): Promise<void> {
    return new Promise(resolve => setImmediate(resolve))
  }

  /** Reads all that is logged by now; returns the sequence number of the newest record. */
  mark(): Promise<number> {
    return this.guest.log.barrier()
  }

  /**
   * Replaces the loaded modules by these, unless they are loaded already.
   *
   * @returns the mark before that
   * @throws ModproveError `MODULE_DOES_NOT_LOAD`, with what the kernel logged; `UNKNOWN_PARAMETER`
   */
  async loadModules(wanted: readonly ModuleSpec[]): Promise<number> {
    this.#baseline ??= await readBaseline(this.guest, this.modules.process)
    const [mark, ready] = await Promise.all([this.mark(), this.modules.are(wanted)])
    if (ready) return mark
    try {
      await this.modules.replace(wanted)
      return mark
    } catch (error) {
      if (!(error instanceof ModproveError) || error.code !== 'MODULE_DOES_NOT_LOAD') throw error
      const notBuilt = moduleNotBuilt(error, this.#place.modules)
      if (notBuilt !== undefined) throw notBuilt
      await this.mark()
      const words = this.guest.log
        .since(mark)
        .map(record => record.text)
        // Logged for every out-of-tree module.
        .filter(text => !/taints? kernel|module verification failed/.test(text))
      throw failureError(error.code, error.message, {
        detail: words.length === 0 ? 'the kernel logged nothing about it' : words.join('\n'),
        cause: error,
      })
    }
  }

  /**
   * Ends every process that a test started, takes readings, and reads the log to its end.
   *
   * @returns the readings, the mark afterwards, and the processes that outlived their parents and
   * the grace
   * time
   */
  async readAfterTest<T>(
    readings: () => Promise<T>,
  ): Promise<{ values: T; mark: number; left: readonly OtherProcess[] }> {
    const kept = [this.modules.process]
    const graceMs = scaledHere(LATE_MS)
    const { values, last, left } = await this.guest.readWithoutProcesses(kept, readings, graceMs)
    return { values, mark: last, left }
  }

  /** What unloaded modules left behind. */
  async outliving(): Promise<Finding[]> {
    if (this.#baseline === undefined) return []
    return outliving(this.guest, this.modules.process, this.#baseline)
  }

  /** Symbolizes addresses in functions of unloaded modules. */
  nameAddresses(text: string): Promise<string> {
    return nameAddresses(text, this.modules.sections, this.#symbolizer)
  }

  /** Findings not taken yet, complete up to the last mark. */
  takeFindings(): Finding[] {
    this.#findings.add(this.#reader.end())
    const { reportedRecords } = this.modules
    return this.#findings
      .take()
      .filter(
        ({ kind, firstSequence }) =>
          kind !== 'unknown-parameter' || !reportedRecords.has(firstSequence),
      )
  }

  /**
   * The problem of a machine whose kernel would not report everything; its log must be read to its
   * end.
   * @param known known findings of the modules' load
   */
  async unguarded(known: readonly FindingReport[]): Promise<Problem | undefined> {
    await this.guards.rearm(known)
    const { spent } = this.guards
    if (spent === undefined) return undefined
    return {
      kind: 'unguarded',
      message: `this machine's kernel does not report everything any more: ${spent}`,
    }
  }

  /** How many records the kernel overwrote before they were read, since the last call. */
  takeLost(): number {
    const { lost } = this.guest.log
    const since = lost - this.#toldLost
    this.#toldLost = lost
    return since
  }

  /**
   * Reports on the console whose log records were lost, for the user. They are no findings: user
   * space may
   * write to the console, too.
   */
  async lostReports(): Promise<string> {
    const before = this.guest.log.takeBeforeLost()
    if (before === undefined) return ''
    const console = await readFile(this.machine.console.path, 'latin1').catch(() => '')
    const reader = new FindingReader(this.#place.modules)
    const records = recordsOfConsole(console, before)
    const found = [...records.flatMap(record => reader.push(record, 'console')), ...reader.end()]
    if (found.length === 0) return ''
    const texts = found.slice(0, SHOWN_REPORTS).map(({ text }) => text)
    return this.#symbolizer.annotate(['on the console meanwhile:', ...texts].join('\n'))
  }

  /** Whether the guest answers, asked by ssh and on its console. */
  async life(): Promise<Life> {
    const life = await this.#life(true)
    await this.settled()
    return this.#isGone ? { connection: 'lost', pingAnswered: undefined } : life
  }

  /**
   * Why the machine is gone, or does not answer. Collects the evidence before the machine is
   * killed.
   * @param asked the answer of {@link life}, if already asked
   */
  async postMortem(deadlinePassed: boolean, asked?: Promise<Life>): Promise<PostMortem> {
    const accelerator = this.#place.machine.accelerator
    const known = this.#isGone ? undefined : asked
    const { pingAnswered, connection } = await (known ?? this.#life(deadlinePassed))
    const silent = pingAnswered === false ? await this.machine.evidence() : undefined
    const registers = silent?.registers && withoutZeros(silent.registers)
    const ran = silent === undefined ? '' : await this.#whatRan(silent)
    const blocked = pingAnswered === true && connection === 'open' ? await this.#blockedTasks() : ''
    const lastWordsMs = pingAnswered === true ? LATE_MS : scaled(LAST_WORDS_MS, accelerator)
    const end = await machineEndForVerdict(this.machine, connection === 'lost' ? lastWordsMs : 0)
    const consoleTail = this.machine.console.tail(CONSOLE_LINES).join('\n')
    const last = this.guest.log.since(-1).at(-1)
    const unread = recordsOfConsole(consoleTail, last)
    for (const record of unread) {
      this.#findings.add(this.#reader.push(record, 'console'))
    }
    const findings = this.takeFindings()
    const death = causeOfDeath({
      machineEnd: end,
      findings,
      lastPrinted: unread.map(({ text }) => text).join('\n'),
      pingAnswered,
      connection,
      deadlinePassed,
      registers,
    })
    const lossNotes =
      death.cause === 'connection-lost' ? [this.#lostBecause, lastWords(unread)] : []
    const taken = registers === undefined ? blocked : `${ran}\n${registers}`
    const evidence = [taken, ...lossNotes].filter(text => text !== '').join('\n')
    const stuckIn = silent === undefined ? stuckInTask(blocked) : stuckInSilence(ran)
    const isStuck = death.cause === 'hang' || death.cause === 'timeout'
    return { death, findings, evidence, ...(isStuck && stuckIn !== undefined ? { stuckIn } : {}) }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.guest[Symbol.asyncDispose]()
    await this.machine.quit()
    await this.#log.end()
  }

  /** The state of a guest whose test did not return; a cut connection is not the test's fault. */
  async #life(deadlinePassed: boolean): Promise<Life> {
    const limitMs = scaled(PING_MS, this.#place.machine.accelerator)
    if (this.#isGone) {
      const lives = await this.machine.answersOnConsole(limitMs)
      return { connection: 'lost', pingAnswered: lives ? true : undefined }
    }
    if (!deadlinePassed) return { connection: 'open', pingAnswered: undefined }
    const known = new AbortController()
    // A guest that answers soon gets no question on its console.
    const elsewhere = pause(ELSEWHERE_MS, undefined, { signal: known.signal }).catch(
      () => undefined,
    )
    const asked = elsewhere.then(() =>
      Promise.all([
        this.machine.answersOnConsole(limitMs, known.signal),
        greets(this.machine, abortedAfter(limitMs, known.signal)),
      ]),
    )
    const pingAnswered = await this.#answers()
    if (pingAnswered) known.abort()
    const [lives, isReachable] = await asked
    return !pingAnswered && lives && !isReachable
      ? { connection: 'lost', pingAnswered: true }
      : { connection: this.#isGone ? 'lost' : 'open', pingAnswered }
  }

  async #answers(): Promise<boolean> {
    try {
      await this.guest.ping({ deadlineMs: scaled(PING_MS, this.#place.machine.accelerator) })
      return true
    } catch (error) {
      if (error instanceof ModproveError) return false
      throw error
    }
  }

  #whatRan({ cpus }: MachineEvidence): Promise<string> {
    const systemMap = join(dirname(this.#place.machine.image), 'System.map')
    return whatRan(cpus, this.modules.sections, this.#symbolizer, systemMap)
  }

  /**
   * Stacks of the tasks in uninterruptible sleep: sysrq-w (Documentation/admin-guide/sysrq.rst).
   */
  async #blockedTasks(): Promise<string> {
    try {
      const mark = await this.mark()
      this.guest.log.removeAllListeners('record')
      await this.guest.exec('echo w > /proc/sysrq-trigger')
      await this.mark()
      const text = this.guest.log.since(mark).map(record => record.text)
      return await this.#symbolizer.annotate(text.join('\n'))
    } catch (error) {
      return `the blocked tasks could not be listed: ${String(error)}`
    }
  }
}

/** Whether sshd sends its banner (RFC 4253, 4.2); QEMU itself accepts any connection. */
function greets({ sshHost, sshPort }: BootedMachine, signal: AbortSignal): Promise<boolean> {
  return new Promise(resolve => {
    const socket = dial({ host: sshHost, port: sshPort, signal })
    const end = (greeted: boolean) => () => {
      socket.destroy()
      resolve(greeted)
    }
    socket.once('data', end(true)).once('error', end(false)).once('close', end(false))
  })
}

/** Console lines that did not arrive over the connection. */
function lastWords(records: readonly LogRecord[]): string {
  if (records.length === 0) return ''
  const lines = records.slice(-SHOWN_LINES).map(({ text }) => text)
  return ['on the console since then:', ...lines].join('\n')
}
