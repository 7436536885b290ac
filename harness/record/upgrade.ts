import {
  noCounts,
  SCHEMA,
  type Counts,
  type FindingReport,
  type Problem,
  type RunEvent,
  type SourceLine,
  type TraceLine,
} from '../contract/events.js'

/** In schema 2, source lines and frames were text, and problems had no kind. */
type OldProblem = Omit<Problem, 'kind' | 'at'> & {
  readonly kind?: Problem['kind']
  readonly at?: SourceLine | string
}
type OldFinding = Omit<FindingReport, 'trace'> & { readonly trace: readonly (TraceLine | string)[] }

/** Upgrades an event of an older schema; keeps newer ones: an old record may have been resumed. */
export function upgraded(event: RunEvent): RunEvent {
  if (event.type === 'run-start') return { ...event, schema: SCHEMA }
  if (event.type === 'build-failed') return { ...event, problem: upgradedProblem(event.problem) }
  if (event.type === 'job-end' && event.problem !== undefined)
    return { ...withCounts(event), problem: upgradedProblem(event.problem) }
  if (event.type === 'job-end' || event.type === 'run-end') return withCounts(event)
  if (event.type !== 'test-end') return event
  const { flaky } = event
  const reason = event.reason?.replace(/^not run: /, '')
  return {
    ...event,
    ...(reason === undefined ? {} : { reason }),
    ...evidenceOf(event),
    ...(flaky === undefined ? {} : { flaky: { ...flaky, ...evidenceOf(flaky) } }),
  }
}

/** Before schema 4 no failure was expected. */
const withCounts = <E extends { readonly counts: Counts }>(event: E): E => ({
  ...event,
  counts: { ...noCounts, ...event.counts },
})

const evidenceOf = ({
  problems,
  findings,
}: {
  readonly problems: readonly OldProblem[]
  readonly findings: readonly OldFinding[]
}) => ({ problems: problems.map(upgradedProblem), findings: findings.map(upgradedFinding) })

function upgradedProblem({ at, kind = 'unknown', ...problem }: OldProblem): Problem {
  const line = typeof at === 'string' ? sourceLineIn(at) : at
  return { kind, ...problem, ...(line && { at: line }) }
}

const upgradedFinding = (finding: OldFinding): FindingReport => ({
  ...finding,
  trace: finding.trace.map(line => (typeof line === 'string' ? { note: line } : line)),
})

/** `suites/mmap.suite.ts:12` */
function sourceLineIn(at: string): SourceLine | undefined {
  const [, file, line] = /^([^\s:]+):(\d+)/.exec(at) ?? []
  return file === undefined ? undefined : { file, line: Number(line) }
}
