import type { Finding, FindingKind } from '../verdict/index.js'

/** A module that warns in a loop does so thousands of times a second; the log has them all. */
const MOST_OF_A_KIND = 100

/** Findings that nobody took yet. Of each kind the first ones are held; the last of them tells how many more there were. */
export class HeldFindings {
  #findings: Finding[] = []
  readonly #seen = new Map<FindingKind, number>()

  add(findings: readonly Finding[]): void {
    for (const finding of findings) {
      const seen = (this.#seen.get(finding.kind) ?? 0) + 1
      this.#seen.set(finding.kind, seen)
      if (seen <= MOST_OF_A_KIND) this.#findings.push(finding)
    }
  }

  /** Hands over what is held, and begins anew. */
  take(): Finding[] {
    const findings = this.#findings
    this.#findings = []
    for (const [kind, seen] of this.#seen) {
      if (seen <= MOST_OF_A_KIND) continue
      const at = findings.findLastIndex(finding => finding.kind === kind)
      const last = findings[at]
      const more = `… and ${seen - MOST_OF_A_KIND} more of the kind ${kind}: the kernel's log has them`
      if (last !== undefined) findings[at] = { ...last, text: `${last.text}\n${more}` }
    }
    this.#seen.clear()
    return findings
  }
}
