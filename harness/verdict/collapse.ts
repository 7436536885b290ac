import { isOfWatchdogs, type Finding } from './finding.js'
import { telling } from './frames.js'
import { ownText, withoutNumbers } from './own-text.js'

/** Of texts that differ in numbers, as many are kept. */
export const MOST_TEXTS = 1000

/** The same for findings that are one bug that came again: of the same kind, title and place. */
function keyOf(finding: Finding): string {
  const { kind, title, function: name, location, frames, task, caller } = finding
  const frame = telling(frames).find(each => each.function === name)
  // A watchdog finds a loop now here, now there.
  const place = isOfWatchdogs(kind) ? undefined : [location, frame?.offset]
  // Who ran when it came may tell whose fault it is: of `T61` and `C0`, a task or an interrupt.
  const ran = task?.comm ?? caller.slice(0, 1)
  return JSON.stringify([kind, title, name, place, ran, withoutNumbers(ownText(finding))])
}

/** One finding of those that are alike: the first, with how often it came. Memory grows with how many differ. */
export class AlikeFindings {
  readonly #places = new Map<string, number>()
  readonly #findings: Finding[] = []
  readonly #texts: Set<string>[] = []

  get all(): readonly Finding[] {
    return this.#findings.map((finding, at) => {
      const texts = this.#texts[at]
      return texts === undefined || texts.size < 2 ? finding : { ...finding, texts }
    })
  }

  /** @returns whether it is like none before */
  add(finding: Finding): boolean {
    if (this.addAlike(finding)) return false
    this.#places.set(keyOf(finding), this.#findings.length)
    this.#findings.push(finding)
    this.#texts.push(new Set(finding.texts ?? [ownText(finding)]))
    return true
  }

  /** Counts it where it is like one before. @returns whether it is */
  addAlike(finding: Finding): boolean {
    const place = this.#places.get(keyOf(finding))
    const first = place === undefined ? undefined : this.#findings[place]
    if (place === undefined || first === undefined) return false
    this.#findings[place] = { ...first, count: first.count + finding.count }
    const texts = this.#texts[place]
    for (const text of finding.texts ?? [ownText(finding)])
      if (texts !== undefined && texts.size < MOST_TEXTS) texts.add(text)
    return true
  }
}

/** Each finding once, with how often it came. */
export function collapse(findings: readonly Finding[]): readonly Finding[] {
  const alike = new AlikeFindings()
  for (const finding of findings) alike.add(finding)
  return alike.all
}
