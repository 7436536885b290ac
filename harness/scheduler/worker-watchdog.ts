import { isStopped } from '../platform/process/stopped.js'

/**
 * A worker sends a message every second; if none arrives, a suite blocks its event loop, and all
 * timeouts
 * in the worker. Looks are counted, instead of one timer, as a harness that was stopped itself
 * (Ctrl+Z)
 * finds its timers due before it has read the workers' messages.
 */
const LOOKS = 10
/** A stopped worker gets 20 × the silence limit. */
const STOPPED_TIMES = 20

export interface WatchdogListener {
  /** No message for too long. */
  readonly blocks: () => void
  /** The worker was stopped (SIGSTOP), which is no endless loop. Called once. */
  readonly isStopped: (pid: number) => void
  /** The worker stayed stopped for too long. */
  readonly staysStopped: () => void
}

/** Watches for a worker's messages. */
export class WorkerWatchdog {
  readonly #timer: NodeJS.Timeout
  #looks = 0
  #stoppedLooks = 0

  constructor(pid: number | undefined, limitMs: number, on: WatchdogListener) {
    this.#timer = setInterval(() => {
      if (pid !== undefined && isStopped(pid)) {
        if (this.#stoppedLooks === 0) on.isStopped(pid)
        this.#stoppedLooks += 1
        if (this.#stoppedLooks > STOPPED_TIMES * LOOKS) on.staysStopped()
        return
      }
      this.#looks += 1
      if (this.#looks > LOOKS) on.blocks()
    }, limitMs / LOOKS)
  }

  /** A message has arrived. */
  heartbeat(): void {
    this.#looks = 0
  }

  end(): void {
    clearInterval(this.#timer)
  }
}
