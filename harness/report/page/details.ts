import { join } from 'node:path'
import type { FailedTry, FindingReport, TestEnd } from '../../contract/events.js'
import { readSource } from '../../record/sources.js'
import type { RunView } from '../../record/view.js'
import { pick } from '../../platform/pick.js'
import { shellQuote } from '../../platform/text/text.js'
import { JobConsole } from './console.js'
import type { Detail, DetailsData, FindingData } from './data.js'
import { Numbers } from './encode.js'
import { visible, visibleLine, visibleText } from './visible.js'

/**
 * Limit of details and sources in the page; above it, a browser takes seconds to load. A kernel
 * that breaks every test on a hundred columns repeats itself, and a reader opens only a few.
 */
const MAX_CHARACTERS = 24 * 2 ** 20
/** Length of each text once the page is full. */
const SHORT_TEXT_CHARACTERS = 400

export interface DetailsView extends DetailsData {
  /** A result's number in `details`; undefined if it has none. */
  readonly indexOf: (result: TestEnd) => number | undefined
}

/** @param folder of the record */
export async function detailsOf(folder: string, view: RunView): Promise<DetailsView> {
  const numbers = new Numbers()
  const indexes = new Map<TestEnd, number>()
  const files = new Set<string>()
  let left = MAX_CHARACTERS
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
        indexes.set(result, numbers.numberOf(text))
        if (numbers.texts.length > before) left -= text.length
      }
    }
  }
  return {
    details: numbers.texts.map(text => JSON.parse(text) as Detail),
    sources: await sourcesOf(folder, files, Math.max(left, 0)),
    indexOf: result => indexes.get(result),
  }
}

const saysMore = (result: TestEnd): boolean =>
  result.status !== 'pass' ||
  result.findings.length > 0 ||
  result.sweeps !== undefined ||
  result.flaky !== undefined

function detailOf(result: TestEnd, folder: string, console: JobConsole | undefined): Detail {
  const { attempt, flaky, replay } = result
  const evidence = <Tried extends Pick<FailedTry, 'problems' | 'findings'>>(tried: Tried) => ({
    // Without those that only announce a finding, which is shown itself.
    problems: tried.problems.filter(({ kind }) => kind !== 'finding'),
    findings: findingsOf(tried.findings, console),
  })
  // The console has the findings of the first try first.
  const first = flaky && { ...pick(flaky, 'status', 'cause'), ...evidence(flaky) }
  return visible({
    ...pick(result, 'reason', 'cause', 'overrun'),
    ...(attempt > 1 ? { attempt } : {}),
    ...evidence(result),
    ...pick(result, 'sweeps'),
    ...(first && { flaky: first }),
    ...(replay && { replay: `modprove replay ${shellQuote(join(folder, replay))}` }),
  })
}

/** Shows repeated findings once. */
function findingsOf(
  findings: readonly FindingReport[],
  console: JobConsole | undefined,
): FindingData[] {
  const alike = new Map<string, FindingData>()
  for (const finding of findings) {
    const shown = pick(finding, 'kind', 'title', 'location', 'trace', 'allowed')
    const key = JSON.stringify(shown)
    const { times = 0, ...known } = alike.get(key) ?? findingOf(finding, console)
    alike.set(key, { ...known, times: times + (finding.count ?? 1) })
  }
  return [...alike.values()].map(({ times = 1, ...finding }) => ({
    ...finding,
    ...(times > 1 && { times }),
  }))
}

function findingOf(finding: FindingReport, console: JobConsole | undefined): FindingData {
  const excerpt = console?.around(finding)
  return {
    ...pick(finding, 'kind', 'title', 'location', 'trace'),
    // The console's excerpt contains it.
    text: excerpt === undefined ? finding.text : '',
    ...pick(finding, 'allowed'),
    ...(excerpt && { console: excerpt }),
  }
}

function shortened({ flaky, ...detail }: Detail): Detail {
  const short = <Tried extends Pick<Detail, 'problems' | 'findings'>>(tried: Tried): Tried => ({
    ...tried,
    problems: tried.problems.map(problem => ({
      ...pick(problem, 'kind', 'at'),
      message: visibleText(problem.message, SHORT_TEXT_CHARACTERS),
    })),
    findings: tried.findings.map(finding => ({
      ...pick(finding, 'kind', 'title', 'location', 'allowed'),
      trace: [],
      text: '… (the page is full: the whole of it is in the record)',
    })),
  })
  return { ...short(detail), ...(flaky && { flaky: short(flaky) }) }
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
