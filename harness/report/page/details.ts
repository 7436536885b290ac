import { join } from 'node:path'
import type { FindingReport, Problem, TraceLine } from '../../contract/events.js'
import { readSource } from '../../record/sources.js'
import type { JobView, RunView, TestResult } from '../../record/view.js'
import { shellQuote } from '../../platform/text.js'
import { JobConsole } from './console.js'
import type { Detail, DetailsData, FindingData } from './data.js'
import { Numbers, visiblePlace, visibleProblem } from './encode.js'
import { visibleLine, visibleText } from './visible.js'

/**
 * Limit of details and sources in the page; above it, a browser takes seconds to load. A kernel
 * that breaks every test on a hundred columns repeats itself, and a reader opens only a few.
 */
const MOST_CHARACTERS = 24 * 2 ** 20
/** Length of each text once the page is full. */
const SHORT_TEXT_CHARACTERS = 400

export interface Details extends DetailsData {
  readonly of: (job: JobView, result: TestResult) => number | undefined
}

/** @param folder of the record */
export async function detailsOf(folder: string, view: RunView): Promise<Details> {
  const numbers = new Numbers()
  const places = new Map<TestResult, number>()
  const files = new Set<string>()
  let left = MOST_CHARACTERS
  for (const { jobs } of view.columns) {
    for (const job of jobs) {
      const hasFindings = job.results.some(
        ({ findings, flaky }) => findings.length > 0 || flaky !== undefined,
      )
      const console = hasFindings ? await JobConsole.read(folder, job.ref.id) : undefined
      for (const result of job.results) {
        if (!saysMore(result)) continue
        const detail = detailOf(result, folder, console)
        // A planted bug moves lines; the record has the module without it.
        if (job.ref.mutant === undefined) for (const file of filesOf(detail)) files.add(file)
        const text = JSON.stringify(left > 0 ? detail : shortened(detail))
        const before = numbers.texts.length
        places.set(result, numbers.of(text))
        if (numbers.texts.length > before) left -= text.length
      }
    }
  }
  return {
    details: numbers.texts.map(text => JSON.parse(text) as Detail),
    sources: await sourcesOf(folder, files, Math.max(left, 0)),
    of: (_, result) => places.get(result),
  }
}

const saysMore = (result: TestResult): boolean =>
  result.status !== 'pass' ||
  result.findings.length > 0 ||
  result.sweeps !== undefined ||
  result.flaky !== undefined

function detailOf(result: TestResult, folder: string, console: JobConsole | undefined): Detail {
  const { reason, cause, overrun, attempt, sweeps, flaky, replay } = result
  const findings = (all: readonly FindingReport[]) => findingsOf(all, console)
  // The console has the findings of the first try first.
  const first =
    flaky === undefined
      ? undefined
      : {
          status: flaky.status,
          ...(flaky.cause === undefined ? {} : { cause: flaky.cause }),
          problems: problemsOf(flaky),
          findings: findings(flaky.findings),
        }
  return {
    ...(reason === undefined ? {} : { reason: visibleText(reason) }),
    ...(cause === undefined ? {} : { cause: visibleLine(cause) }),
    ...(overrun === undefined ? {} : { overrun }),
    ...(attempt > 1 ? { attempt } : {}),
    problems: problemsOf(result),
    findings: findings(result.findings),
    ...(sweeps === undefined
      ? {}
      : { sweeps: sweeps.map(sweep => ({ ...sweep, scenario: visibleLine(sweep.scenario) })) }),
    ...(first === undefined ? {} : { flaky: first }),
    ...(replay === undefined
      ? {}
      : { replay: visibleLine(`modprove replay ${shellQuote(join(folder, replay))}`) }),
  }
}

/** Leaves out problems that only announce a finding, which is shown itself. */
const problemsOf = ({ problems }: Pick<TestResult, 'problems'>): readonly Problem[] =>
  problems.filter(({ kind }) => kind !== 'finding').map(visibleProblem)

/** Shows repeated findings once. */
function findingsOf(
  findings: readonly FindingReport[],
  console: JobConsole | undefined,
): FindingData[] {
  const alike = new Map<string, FindingReport[]>()
  for (const finding of findings) {
    const { kind, title, location, trace, allowed } = finding
    const key = JSON.stringify([kind, title, location, trace, allowed])
    alike.set(key, [...(alike.get(key) ?? []), finding])
  }
  return [...alike.values()].flatMap(all =>
    all.slice(0, 1).map(first => ({
      ...findingOf(first, console),
      ...timesOf(all.reduce((sum, { count = 1 }) => sum + count, 0)),
    })),
  )
}

const timesOf = (times: number): { times?: number } => (times === 1 ? {} : { times })

function findingOf(finding: FindingReport, console: JobConsole | undefined): FindingData {
  const excerpt = console?.around(finding)
  return {
    kind: visibleLine(finding.kind),
    title: visibleLine(finding.title),
    ...(finding.location === undefined ? {} : { location: finding.location }),
    trace: finding.trace.map(visibleTraceLine),
    // The console's excerpt contains it.
    text: excerpt === undefined ? visibleText(finding.text) : '',
    ...(finding.allowed === undefined ? {} : { allowed: visibleText(finding.allowed) }),
    ...(excerpt === undefined ? {} : { console: excerpt }),
  }
}

function visibleTraceLine(line: TraceLine): TraceLine {
  if ('stack' in line) return { stack: visibleLine(line.stack) }
  if ('more' in line || 'again' in line) return line
  const at = line.location === undefined ? {} : { location: visiblePlace(line.location) }
  if ('note' in line) return { note: visibleLine(line.note), ...at }
  const { function: name, module } = line
  const names = { function: visibleLine(name), ...(module && { module: visibleLine(module) }) }
  return { ...line, ...names, ...at }
}

function shortened(detail: Detail): Detail {
  const problem = ({ kind, message, at }: Detail['problems'][number]) => ({
    kind,
    message: visibleText(message, SHORT_TEXT_CHARACTERS),
    ...(at === undefined ? {} : { at }),
  })
  const finding = ({ kind, title, location, allowed }: FindingData): FindingData => ({
    ...{ kind, title, trace: [] },
    ...(location === undefined ? {} : { location }),
    ...(allowed === undefined ? {} : { allowed }),
    text: '… (the page is full: the whole of it is in the record)',
  })
  const { flaky, ...rest } = detail
  return {
    ...rest,
    problems: detail.problems.map(problem),
    findings: detail.findings.map(finding),
    ...(flaky === undefined
      ? {}
      : {
          flaky: {
            ...flaky,
            problems: flaky.problems.map(problem),
            findings: flaky.findings.map(finding),
          },
        }),
  }
}

function filesOf({ findings, flaky }: Detail): string[] {
  return [...findings, ...(flaky?.findings ?? [])].flatMap(({ location, trace }) => [
    ...(location === undefined ? [] : [location.file]),
    ...trace.flatMap(line => ('location' in line && line.location ? [line.location.file] : [])),
  ])
}

async function sourcesOf(
  folder: string,
  files: ReadonlySet<string>,
  mostCharacters: number,
): Promise<Record<string, string>> {
  const sources: Record<string, string> = {}
  let left = mostCharacters
  for (const file of files) {
    const text = (await readSource(folder, file))?.map(visibleLine).join('\n')
    if (text === undefined || text.length > left) continue
    sources[file] = text
    left -= text.length
  }
  return sources
}
