import { isOfWatchdogs } from './finding-kinds.js'
import type { Finding } from './finding.js'
import { telling } from './symbols/trace-line.js'
import { messageOf, withoutNumbers } from './message.js'

/** How many texts that differ only in numbers are kept. */
export const MOST_TEXTS = 1000

/** Equal for recurrences of one bug: same kind, title and place. */
function keyOf(finding: Finding): string {
  const { kind, title, function: name, location, frames, task, caller } = finding
  const frame = telling(frames).find(each => each.function === name)
  // A watchdog interrupts a loop at a different place each time.
  const place = isOfWatchdogs(kind) ? undefined : [location, frame?.offset]
  // The running task may show whose fault it is; of `T61` and `C0`, the letter: task or interrupt.
  const ran = task?.comm ?? caller.slice(0, 1)
  return JSON.stringify([kind, title, name, place, ran, withoutNumbers(messageOf(finding))])
}

/** kernel/rcu/tree_stall.h: the grace period, which a stall's later reports name again. */
const GRACE_PERIOD = /\bt=\d+ jiffies,? g=(-?\d+)/

/** Any of these is equal for recurrences of one bug. */
function keysOf(finding: Finding): string[] {
  const [, period] = finding.kind === 'rcu-stall' ? (GRACE_PERIOD.exec(finding.text) ?? []) : []
  return [keyOf(finding), ...(period === undefined ? [] : [`rcu-stall g=${period}`])]
}

/** Keeps the first of equal findings, with a count. Memory grows with distinct findings. */
export class DistinctFindings {
  readonly #places = new Map<string, number>()
  readonly #findings: Finding[] = []
  readonly #texts: Set<string>[] = []

  get all(): readonly Finding[] {
    return this.#findings.map((finding, at) => {
      const texts = this.#texts[at]
      return texts === undefined || texts.size < 2 ? finding : { ...finding, texts }
    })
  }

  /** @returns true if no earlier finding is like it */
  add(finding: Finding): boolean {
    if (this.countRepeat(finding)) return false
    for (const key of keysOf(finding)) this.#places.set(key, this.#findings.length)
    this.#findings.push(finding)
    this.#texts.push(new Set(finding.texts ?? [messageOf(finding)]))
    return true
  }

  /** Counts the finding if it is like an earlier one. @returns whether it is */
  countRepeat(finding: Finding): boolean {
    const keys = keysOf(finding)
    const place = keys.map(key => this.#places.get(key)).find(known => known !== undefined)
    const first = place === undefined ? undefined : this.#findings[place]
    if (place === undefined || first === undefined) return false
    this.#findings[place] = { ...first, count: first.count + finding.count }
    const texts = this.#texts[place]
    for (const text of finding.texts ?? [messageOf(finding)])
      if (texts !== undefined && texts.size < MOST_TEXTS) texts.add(text)
    return true
  }
}

/** Each distinct finding once, with its count. */
export function collapse(findings: readonly Finding[]): readonly Finding[] {
  const distinct = new DistinctFindings()
  for (const finding of findings) distinct.add(finding)
  return distinct.all
}
