import { failureError } from '../../platform/errors.js'
import { deferred } from '../../platform/waiting/deferred.js'

/** Each takes three descriptors of sshd, whose select(2) knows 1024; and memory of the guest. */
const MOST_COMMANDS = 64

interface Started {
  /** Settles when it has ended. */
  readonly exited: Promise<unknown>
}

type Release = () => Promise<void>

/**
 * When commands begin. Dropbear before 2024.86 takes a channel without a program for one whose
 * program has ended, if another's ends then, and dies of it (github.com/mkj/dropbear/issues/321):
 * while a command begins, none may end.
 */
export class Turns {
  /** Those that have begun, or will now. They resolve when they have ended. */
  readonly #running = new Set<Promise<void>>()
  readonly #starting = new Set<Promise<unknown>>()
  #holders = 0
  #held: Promise<Release> | undefined
  #over = deferred<never>()

  /**
   * Starts a command, when not too many run.
   * @throws ModproveError `COMMAND_NOT_STARTED` if it still waits when the test ends
   */
  async start<T extends Started>(
    begin: () => Promise<T>,
    holdExits: () => Promise<Release>,
  ): Promise<T> {
    while (this.#running.size >= MOST_COMMANDS)
      await Promise.race([...this.#running, this.#over.promise])
    const turn = deferred()
    const leave = (): void => {
      this.#running.delete(turn.promise)
      turn.resolve()
    }
    this.#running.add(turn.promise)
    const isAlone = this.#running.size === 1
    const started = isAlone ? begin() : this.#whileNoneEnds(begin, holdExits)
    this.#starting.add(started)
    try {
      const command = await started
      command.exited.then(leave, leave)
      return command
    } catch (error) {
      leave()
      throw error
    } finally {
      this.#starting.delete(started)
    }
  }

  /** Gives up those that wait; resolves when all others have begun, and can be killed. */
  async end(): Promise<void> {
    const why = `more than ${MOST_COMMANDS} commands ran, and the test ended before it could begin`
    this.#over.promise.catch(() => undefined)
    this.#over.reject(failureError('COMMAND_NOT_STARTED', why))
    this.#over = deferred()
    await Promise.allSettled(this.#starting)
  }

  async #whileNoneEnds<T>(begin: () => Promise<T>, holdExits: () => Promise<Release>): Promise<T> {
    this.#holders += 1
    const held = (this.#held ??= holdExits())
    try {
      await held
      return await begin()
    } finally {
      this.#holders -= 1
      if (this.#holders === 0) {
        this.#held = undefined
        // A lost connection has released it.
        await held.then(release => release()).catch(() => undefined)
      }
    }
  }
}
