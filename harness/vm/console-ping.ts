import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Writable } from 'node:stream'
import { deferred } from '../platform/waiting/deferred.js'
import { onAbort } from '../platform/waiting/on-abort.js'
import type { SerialConsole } from './serial-console.js'

/** Kernel messages may garble an answer: then the question is repeated. */
const AGAIN_MS = 1_000

/**
 * Writes random words to a guest's console until it confirms one (images/guest/init). Each word is
 * new, so neither an earlier answer nor an echo counts.
 * @returns false when the machine exits, or `over` aborts, without an answer
 */
export async function answersOn(
  console: SerialConsole,
  channel: Writable,
  ended: Promise<unknown>,
  over: AbortSignal,
): Promise<boolean> {
  const words = new Set<string>()
  const answered = deferred<boolean>()
  const onAnswer = (line: string): void => {
    const [, word = ''] = /^modprove: alive ([0-9a-f]+)$/.exec(line) ?? []
    if (words.has(word)) answered.resolve(true)
  }
  console.on('line', onAnswer)
  using _over = onAbort(over, () => answered.resolve(false))
  void ended.then(() => answered.resolve(false))
  try {
    while (!over.aborted) {
      const word = randomBytes(8).toString('hex')
      words.add(word)
      channel.write(`${word}\n`)
      const again = pause(AGAIN_MS, undefined, { signal: over }).catch(() => undefined)
      const answer = await Promise.race([answered.promise, again])
      if (answer !== undefined) return answer
    }
    return false
  } finally {
    console.off('line', onAnswer)
  }
}
