import { startCountdown } from '../../platform/waiting/deadlines.js'
import { deferred } from '../../platform/waiting/deferred.js'
import { CallTimeout, TaskEnded, type ConnectionLost } from '../errors.js'
import { encodeFrame, type WireFrame } from './frames.js'
import type { Wire } from './wire.js'

/** Limit for a task's pending requests; half of what the agent buffers per task (1 MiB). */
const WINDOW_BYTES = 512 * 1024

export interface RequestOptions {
  /** The call for error messages: `ioctl(3, 0x80044500, 0x7f…)`. Formatted on demand. */
  readonly what: () => string
  readonly deadlineMs: number
  /** Whether the task's end counts as an answer (execve, exit): then there is none. */
  readonly endAnswers?: boolean
}

interface Pending extends RequestOptions {
  readonly bytes: number
  readonly resolve: (frame: WireFrame | undefined) => void
  readonly reject: (error: Error) => void
  readonly forgetDeadline: () => void
}

/** Requests to one task (or the router, task 0), answered in order or not at all. */
export class TaskChannel {
  readonly id: number
  readonly #wire: Wire
  readonly #pending = new Map<number, Pending>()
  readonly #waiting: { readonly frame: Buffer; readonly request: number }[] = []
  #bytesUnderWay = 0
  #over: ((what: string) => Error) | undefined
  readonly #closing = deferred()

  constructor(wire: Wire, id: number) {
    this.#wire = wire
    this.id = id
  }

  /** Resolves when the task accepts no more requests. */
  get closed(): Promise<void> {
    return this.#closing.promise
  }

  get isOver(): boolean {
    return this.#over !== undefined
  }

  /**
   * @returns the answer, or nothing if the task's end was the answer
   * @throws CallTimeout, TaskEnded, ConnectionLost
   */
  ask(op: number, payload: Buffer, asked: RequestOptions): Promise<WireFrame | undefined> {
    if (this.#over) return Promise.reject(this.#over(asked.what()))
    const request = this.#wire.nextRequest()
    const frame = encodeFrame({ request, task: this.id, op, payload })
    return new Promise((resolve, reject) => {
      const late = (): void => reject(new CallTimeout(asked.what(), asked.deadlineMs))
      const forgetDeadline = startCountdown(asked.deadlineMs, late, this.#wire)
      this.#pending.set(request, { ...asked, bytes: frame.length, resolve, reject, forgetDeadline })
      this.#waiting.push({ frame, request })
      this.#sendWaiting()
    })
  }

  /** Handles an answer from the agent. One without a pending request, or too late, is dropped. */
  receive(frame: WireFrame): void {
    const pending = this.#take(frame.request)
    if (!pending) return
    pending.resolve(frame)
    this.#sendWaiting()
  }

  /** The task has stopped reading: settles the requests that waited for that. */
  close(): void {
    this.#closing.resolve()
    for (const [request, pending] of this.#pending) {
      if (pending.endAnswers) this.#take(request)?.resolve(undefined)
    }
  }

  /** Rejects all pending requests. */
  end(how: string): void {
    this.#finish(what => new TaskEnded(what, how))
  }

  lose(lost: ConnectionLost): void {
    this.#finish(() => lost)
  }

  #finish(over: (what: string) => Error): void {
    this.#over ??= over
    this.#waiting.length = 0
    this.close()
    for (const request of [...this.#pending.keys()]) {
      const pending = this.#take(request)
      pending?.reject(this.#over(pending.what()))
    }
  }

  #take(request: number): Pending | undefined {
    const pending = this.#pending.get(request)
    if (!pending) return undefined
    pending.forgetDeadline()
    this.#pending.delete(request)
    this.#bytesUnderWay -= pending.bytes
    return pending
  }

  #sendWaiting(): void {
    for (let next = this.#waiting[0]; next; next = this.#waiting[0]) {
      if (this.#bytesUnderWay > 0 && this.#bytesUnderWay + next.frame.length > WINDOW_BYTES) return
      this.#waiting.shift()
      this.#bytesUnderWay += next.frame.length
      this.#wire.send(next.frame)
    }
  }
}
