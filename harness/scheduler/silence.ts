import { isStopped } from '../platform/process/stopped.js'

/**
 * A worker speaks once a second, so silence means that a suite blocks its event loop, and with it every deadline inside the
 * worker. Silence is counted by looks, not by one timer: a harness that was stopped itself (Ctrl+Z) finds its timers due before it
 * has read what its workers said meanwhile.
 */
const LOOKS = 10
/** A worker may be stopped so many times as long as it may be silent. */
const STOPPED_TIMES = 20

export interface SilenceTold {
  /** It has said nothing for too long. */
  readonly blocks: () => void
  /** Somebody has stopped it: that is no endless loop. Told once. */
  readonly isStopped: (pid: number) => void
  /** It was not let go on for so long that nobody seems to look at it. */
  readonly staysStopped: () => void
}

/** Watches over a worker that should say something now and then. */
export class Silence {
  readonly #timer: NodeJS.Timeout
  #looks = 0
  #stoppedLooks = 0

  constructor(pid: number | undefined, limitMs: number, told: SilenceTold) {
    this.#timer = setInterval(() => {
      if (pid !== undefined && isStopped(pid)) {
        if (this.#stoppedLooks === 0) told.isStopped(pid)
        this.#stoppedLooks += 1
        if (this.#stoppedLooks > STOPPED_TIMES * LOOKS) told.staysStopped()
        return
      }
      this.#looks += 1
      if (this.#looks > LOOKS) told.blocks()
    }, limitMs / LOOKS)
  }

  /** It has said something. */
  broken(): void {
    this.#looks = 0
  }

  end(): void {
    clearInterval(this.#timer)
  }
}
