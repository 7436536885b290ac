import type { FailedTry, FindingReport, Problem, SourceLine } from '../contract/events.js'
import { placeText, traceText } from '../platform/source-text.js'
import type { TestResult } from '../record/view.js'
import { clip, timesText } from '../platform/text.js'

/** What is known of a try that did not pass. */
export type Known = Pick<TestResult | FailedTry, 'problems' | 'findings' | 'cause'> &
  Partial<Pick<TestResult, 'reason' | 'status'>>

/** The finding that a test failed by: not one of those that are known for false alarms. */
export const tellingFinding = ({ findings }: Known): FindingReport | undefined =>
  findings.find(({ allowed, location }) => allowed === undefined && location !== undefined) ??
  findings.find(({ allowed }) => allowed === undefined)

/** Where to look first: the module's line, else the suite's. */
export const placeOf = (known: Known): SourceLine | undefined =>
  tellingFinding(known)?.location ?? known.problems.find(({ at }) => at !== undefined)?.at

/** In a few words why it did not pass: what the kernel said, else what the test did. */
export function headline(known: Known): string {
  const finding = tellingFinding(known)
  if (finding !== undefined) return `${finding.kind}: ${finding.title}${timesText(finding.count)}`
  const why = known.problems[0]?.message ?? known.reason ?? known.cause ?? known.status
  return why ?? 'no more is known of it'
}

/** Everything that a test and the harness said of it; still hostile. */
export function problemsText({ problems, cause, reason }: Known, limitCharacters: number): string {
  const lines = [
    ...(reason === undefined ? [] : [reason]),
    ...(cause === undefined ? [] : [`cause: ${cause}`]),
    ...problems.map(problemText),
  ]
  return clip(lines.join('\n'), limitCharacters)
}

const problemText = ({ message, at, detail }: Problem): string => {
  const where = at === undefined ? '' : `  ${placeText(at)}`
  // A detail may be many megabytes long: what is cut off later is not joined first.
  const more = detail === undefined ? '' : `\n${clip(detail)}`
  return `${clip(message)}${where}${more}`
}

/** What the kernel said, splats and all; still hostile. */
export const findingsText = ({ findings }: Known, limitCharacters: number): string =>
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
  const place = location === undefined ? '' : ` at ${placeText(location)}`
  const known = allowed === undefined ? '' : ` (allowed: ${allowed})`
  const lines = [
    `${kind}: ${clip(title)}${place}${timesText(count)}${known}`,
    ...trace.map(line => `  ${clip(traceText(line))}`),
  ]
  return [...lines, '', clip(text)].join('\n')
}
