import { isStopped } from '../platform/process/stopped.js'

/**
 * A worker sends a message every second; if none arrives, a suite blocks its event loop, and all
 * timeouts in the worker. Looks are counted, instead of one timer, as a harness that was stopped
 * itself (Ctrl+Z) finds its timers due before it has read the workers' messages.
 */
const LOOKS = 10
/** A stopped worker gets 20 × the silence limit. */
const STOPPED_TIMES = 20

/** Why a worker is given up: it sent no message, or was stopped (SIGSTOP), for too long. */
export type GivenUp = 'silent' | 'stopped'

/** Watches for a worker's messages. */
export class WorkerWatchdog {
  readonly #timer: NodeJS.Timeout
  #looks = 0
  #stoppedLooks = 0

  /** @param onStopped called once when the worker was stopped, which is no endless loop */
  constructor(
    pid: number | undefined,
    limitMs: number,
    giveUp: (why: GivenUp) => void,
    onStopped: (pid: number) => void = () => undefined,
  ) {
    this.#timer = setInterval(() => {
      if (pid !== undefined && isStopped(pid)) {
        if (this.#stoppedLooks === 0) onStopped(pid)
        this.#stoppedLooks += 1
        if (this.#stoppedLooks > STOPPED_TIMES * LOOKS) giveUp('stopped')
        return
      }
      this.#looks += 1
      if (this.#looks > LOOKS) giveUp('silent')
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
