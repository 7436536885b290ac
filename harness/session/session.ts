import { scaled } from '../platform/waiting/deadlines.js'
import type { Guest } from '../guest/index.js'
import type { Finding } from '../verdict/index.js'
import type { ReadyMachine } from '../vm/index.js'
import { connectMachine, type ConnectedMachine } from './start/boot.js'
import { Guards } from './guards.js'
import type { MachineSetup } from './job.js'
import { KernelWatch } from './kernel-watch.js'
import { askGuest, consoleLimitMs, type Life } from './life/life.js'
import { Modules } from './modules/modules.js'
import { KernelThreads } from './modules/kernel-threads.js'
import { outliving, readBaseline, withoutKept, type Baseline } from './modules/outliving.js'
import { postMortem, type PostMortem } from './life/post-mortem.js'
import type { GuestState } from './guest-state.js'
import type { ModuleSpec } from '../suite-api/module-spec.js'

const PING_MS = 3_000

/** One machine with a connection to its guest, and its kernel's reports. Serves one suite file. */
export class Session implements AsyncDisposable {
  readonly setup: MachineSetup
  readonly machine: ReadyMachine
  readonly guest: Guest
  readonly modules: Modules
  readonly guards: Guards
  readonly kernel: KernelWatch
  readonly threads = new KernelThreads()
  /** Resolves when the guest cannot be asked any more. */
  readonly gone: Promise<void>
  /** Also resolves some time after an oops killed a task: waiters for its locks hang. */
  readonly doomed: Promise<void>
  /** Why its machine was booted instead of restored. */
  readonly notRestored: string | undefined
  /** State after the last test, if the next may start from it: nothing has run since. */
  lastState: GuestState | undefined
  readonly #connectMs: number
  #isGone = false
  /** Why the guest cannot be asked any more. */
  #lostBecause = ''
  /** The state before a module of the project was loaded. */
  #baseline: Baseline | undefined

  private constructor(setup: MachineSetup, folder: string, reached: ConnectedMachine) {
    const { machine, guest, moduleLoader, connectMs, notRestored } = reached
    this.#connectMs = connectMs
    this.setup = setup
    this.machine = machine
    this.guest = guest
    this.notRestored = notRestored
    this.modules = new Modules(moduleLoader, guest, setup)
    this.guards = new Guards(guest)
    this.kernel = new KernelWatch(this, folder)
    this.gone = Promise.race([machine.ended, guest.closed]).then(() => {
      this.#isGone = true
    })
    void guest.closed.then(({ message }) => (this.#lostBecause = message))
    this.doomed = Promise.race([this.gone, this.kernel.aftermath])
  }

  /**
   * Starts a machine, whose console and kernel log are kept in `folder`, and connects to it.
   *
   * @param say receives one line for the user
   * @throws ModproveError `GUEST_DID_NOT_BOOT` and the like, with the console's last lines
   */
  static async open(
    setup: MachineSetup,
    folder: string,
    signal: AbortSignal,
    say: (text: string) => void,
  ): Promise<Session> {
    return new Session(setup, folder, await connectMachine(setup, folder, signal, say))
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
    if (this.#baseline === undefined) {
      // The kernel's own modules stay: what they create is not the project's.
      await this.modules.loadNeeded()
      this.#baseline = await readBaseline(this.guest)
    }
    const [mark, loaded] = await Promise.all([this.mark(), this.modules.loaded()])
    if (!this.modules.match(loaded, wanted)) await this.modules.replace(wanted)
    return mark
  }

  /** What unloaded modules left behind. */
  async outliving(): Promise<Finding[]> {
    const baseline = this.#baseline
    if (baseline === undefined) return []
    const look = () => outliving(this.guest, baseline)
    return this.kernel.hasOopsed ? look() : withoutKept(look, this.modules)
  }

  /** Whether the guest answers, asked by ssh and on its console. */
  async life(): Promise<Life> {
    const life = await this.#life(true)
    await this.settled()
    return this.#isGone ? { connection: 'lost', pingAnswered: undefined } : life
  }

  /**
   * Why the machine is gone, or does not answer.
   * @param asked the answer of {@link life}, if already asked
   */
  async postMortem(deadlinePassed: boolean, asked?: Promise<Life>): Promise<PostMortem> {
    const known = this.#isGone ? undefined : asked
    const life = await (known ?? this.#life(deadlinePassed))
    return postMortem(this, deadlinePassed, life, this.#lostBecause)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.guest[Symbol.asyncDispose]()
    await this.machine.quit()
    await this.kernel.end()
  }

  /** The state of a guest whose test did not return. */
  async #life(deadlinePassed: boolean): Promise<Life> {
    const limitMs = scaled(PING_MS, this.setup.machine.accelerator)
    const soonMs = Math.min(limitMs, consoleLimitMs(this.#connectMs))
    if (this.#isGone) {
      const lives = await this.machine.answersOnConsole(soonMs)
      return { connection: 'lost', pingAnswered: lives ? true : undefined }
    }
    if (!deadlinePassed) return { connection: 'open', pingAnswered: undefined }
    const life = await askGuest(this.machine, this.guest, { limitMs, sshMs: soonMs })
    return this.#isGone ? { ...life, connection: 'lost' } : life
  }
}
