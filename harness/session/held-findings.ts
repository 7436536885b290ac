import { DistinctFindings, type Finding, type FindingKind } from '../verdict/index.js'

/** A module that warns in a loop logs thousands of splats a second; the kernel log has all. */
const MOST_OF_A_KIND = 100

/**
 * Findings not taken yet, each with its count. The first that differ are held of each kind; the
 * last of them says how many more there were.
 */
export class HeldFindings {
  #held = new DistinctFindings()
  readonly #different = new Map<FindingKind, number>()
  readonly #more = new Map<FindingKind, number>()

  add(findings: readonly Finding[]): void {
    for (const finding of findings) {
      const { kind } = finding
      const different = this.#different.get(kind) ?? 0
      if (different < MOST_OF_A_KIND) {
        if (this.#held.add(finding)) this.#different.set(kind, different + 1)
      } else if (!this.#held.countRepeat(finding))
        this.#more.set(kind, (this.#more.get(kind) ?? 0) + 1)
    }
  }

  /** Returns all held findings, and empties the list. */
  take(): Finding[] {
    const findings = [...this.#held.all]
    for (const [kind, more] of this.#more) {
      const at = findings.findLastIndex(finding => finding.kind === kind)
      const last = findings[at]
      const note = `… and ${more} more of the kind ${kind}: the kernel's log has them`
      if (last !== undefined) findings[at] = { ...last, text: `${last.text}\n${note}` }
    }
    this.#held = new DistinctFindings()
    this.#different.clear()
    this.#more.clear()
    return findings
  }
}
