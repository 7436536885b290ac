import { scaledHere } from '../../platform/waiting/deadlines.js'
import type { Life } from './life.js'
import { NotReturned } from './race.js'
import { Watch } from './watch.js'

/** A guest did not answer for so long that waiting is useless. */
class GuestSilent extends NotReturned {
  override readonly name = 'GuestSilent'

  constructor() {
    super('the guest stopped answering')
  }
}

/** A guest that answers on its console alone: what waits for ssh waits for ever. */
class GuestCutOff extends NotReturned {
  override readonly name = 'GuestCutOff'

  constructor() {
    super('ssh did not reach the guest any more')
  }
}

/** Most tests end earlier, and are not disturbed. */
const FIRST_MS = 2_000
const AGAIN_MS = 5_000

/** Pings a guest from time to time: if it is silent, the test ends, whatever its timeout. */
export class LifeWatch {
  /** Fails with {@link GuestSilent} or {@link GuestCutOff}. */
  readonly watch: Watch
  readonly #ask: () => Promise<Life>
  #asking: Promise<Life> | undefined

  /** @param ask resolves when the guest has answered, or was silent for too long; never rejects */
  constructor(ask: () => Promise<Life>, firstMs = scaledHere(FIRST_MS)) {
    this.#ask = ask
    this.watch = new Watch(() => this.#look(), scaledHere(AGAIN_MS), firstMs)
  }

  /** The pending answer, else that to a new question. */
  answer(): Promise<Life> {
    return (this.#asking ??= this.#ask())
  }

  async #look(): Promise<void> {
    const { pingAnswered, connection } = await this.answer()
    // A connection that was closed ends the test by itself.
    if (pingAnswered === false && connection === 'open') throw new GuestSilent()
    if (pingAnswered === true && connection === 'lost') throw new GuestCutOff()
    this.#asking = undefined
  }
}
