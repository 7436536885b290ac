import type { FailedTry, FindingReport, Problem, SourceLine, TestEnd } from '../contract/events.js'
import { locationText, traceText } from '../platform/text/source-text.js'
import { clip, timesText } from '../platform/text/text.js'

/** The parts of a result that explain why a test did not pass. */
export type Evidence = Pick<TestEnd | FailedTry, 'problems' | 'findings' | 'cause'> &
  Partial<Pick<TestEnd, 'reason' | 'status'>>

/** The finding that failed the test; not a known false alarm. */
export const tellingFinding = ({ findings }: Evidence): FindingReport | undefined =>
  findings.find(({ allowed, location }) => allowed === undefined && location !== undefined) ??
  findings.find(({ allowed }) => allowed === undefined)

/** Where to look first: the module's line, else the suite's. */
export const locationOf = (evidence: Evidence): SourceLine | undefined =>
  tellingFinding(evidence)?.location ?? evidence.problems.find(({ at }) => at !== undefined)?.at

/** Why it did not pass, in a few words: the kernel's finding, else the test's problem. */
export function headline(evidence: Evidence): string {
  const finding = tellingFinding(evidence)
  if (finding !== undefined) return `${finding.kind}: ${finding.title}${timesText(finding.count)}`
  const why = evidence.problems[0]?.message ?? evidence.reason ?? evidence.cause ?? evidence.status
  return why ?? 'no details'
}

/** All problems of a test; not yet escaped. */
export function problemsText(
  { problems, cause, reason }: Evidence,
  limitCharacters: number,
): string {
  const lines = [
    ...(reason === undefined ? [] : [reason]),
    ...(cause === undefined ? [] : [`cause: ${cause}`]),
    ...problems.map(problemText),
  ]
  return clip(lines.join('\n'), limitCharacters)
}

const problemText = ({ message, at, detail }: Problem): string => {
  const where = at === undefined ? '' : `  ${locationText(at)}`
  // A detail may have many megabytes: cut it before it is joined.
  const more = detail === undefined ? '' : `\n${clip(detail)}`
  return `${clip(message)}${where}${more}`
}

/** All findings with their splats; not yet escaped. */
export const findingsText = ({ findings }: Evidence, limitCharacters: number): string =>
  clip(findings.map(findingText).join('\n\n'), limitCharacters)

function findingText({
  kind,
  title,
  location,
  allowed,
  trace,
  text,
  count,
}: FindingReport): string {
  const where = location === undefined ? '' : ` at ${locationText(location)}`
  const known = allowed === undefined ? '' : ` (allowed: ${allowed})`
  const lines = [
    `${kind}: ${clip(title)}${where}${timesText(count)}${known}`,
    ...trace.map(line => `  ${clip(traceText(line))}`),
  ]
  return [...lines, '', clip(text)].join('\n')
}
