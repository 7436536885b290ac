import { deferred } from '../../platform/waiting/deferred.js'
import { ModproveError } from '../../platform/errors.js'
import { onAbort } from '../../platform/waiting/on-abort.js'
import type { WatchRequest } from './keys.js'

/** What asks for another run: changed files, and keys. Each also ends the run that goes on. */
export class Triggers {
  #changed = new Set<string>()
  #heldBack: ReadonlySet<string> = new Set()
  #wanted: WatchRequest | undefined
  #run: AbortController | undefined
  #wake = (): void => undefined

  /** @param paths absolute */
  change(paths: ReadonlySet<string>): void {
    for (const path of paths) this.#changed.add(path)
    this.#outdate('A source has changed.')
  }

  want(request: WatchRequest): void {
    this.#wanted = request
    this.#outdate('Another run was requested.')
  }

  #outdate(why: string): void {
    this.#run?.abort(new ModproveError('OUTDATED', 'interrupted', why))
    this.#wake()
  }

  /** Whether a run goes on whose results still count. */
  get isRunning(): boolean {
    return this.#run?.signal.aborted === false
  }

  /** Calls `run` with a signal that aborts when its results no longer count. */
  async during(run: (outdated: AbortSignal) => Promise<void>): Promise<void> {
    this.#run = new AbortController()
    try {
      await run(this.#run.signal)
    } finally {
      this.#run = undefined
    }
  }

  get isPending(): boolean {
    return this.#changed.size > 0 || this.#wanted !== undefined
  }

  /** Waits for a trigger, or the signal. */
  async next(signal: AbortSignal): Promise<void> {
    if (this.isPending) return
    const { promise, resolve } = deferred()
    this.#wake = resolve
    using _ = onAbort(signal, resolve)
    await promise
  }

  take(): { readonly wanted: WatchRequest | undefined; readonly changed: ReadonlySet<string> } {
    const taken = { wanted: this.#wanted, changed: new Set([...this.#heldBack, ...this.#changed]) }
    this.#wanted = undefined
    this.#changed = new Set()
    this.#heldBack = new Set()
    return taken
  }

  /** Adds changes that no run could take up to those of the next trigger. */
  holdBack(changed: ReadonlySet<string>): void {
    this.#heldBack = changed
  }
}
