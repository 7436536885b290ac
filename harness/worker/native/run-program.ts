import type { Test } from 'tap'
import { PROGRAMS } from '../../builder/image/guest-paths.js'
import { PROGRAM_RUN } from '../../contract/test-names.js'
import { shellQuote } from '../../platform/text/text.js'
import type { TestGuest } from '../../suite-api/test-guest.js'
import type { PointResult, SuiteDefinition, SuiteOptions } from '../../suite-api/registry.js'
import { complaintsOf, KSFT_SKIP, readProgram, type ProgramEnd } from '../../session/guest-tap.js'
import type { TapPoint } from '../../tap/index.js'
import { Points } from './points.js'

/** Runs a program to its end. @param name for messages */
export type RunProgram = (
  command: readonly string[],
  name: string,
  how?: {
    readonly folder?: string
    /** Its names are put before those of its results. */
    readonly prefix?: string
    /** A program without TAP has its exit status as its one result, as kselftest reads it. */
    readonly statusCounts?: boolean
    /** Its stderr is a part of its stdout: what it says is in the order in which it said it. */
    readonly mixed?: boolean
    /** Told with each result that failed or was skipped. */
    readonly advice?: string
  },
) => Promise<void>

/** A suite of one test, which runs programs; what they print are results of their own. */
export const programSuite = (
  title: string,
  options: SuiteOptions,
  work: (guest: TestGuest, run: RunProgram) => Promise<void>,
): SuiteDefinition => ({
  title,
  options,
  tests: [
    { name: PROGRAM_RUN, options: {}, body: (t, guest, report) => runAll(t, guest, report, work) },
  ],
})

async function runAll(
  t: Test,
  guest: TestGuest,
  report: (result: PointResult) => void,
  work: (guest: TestGuest, run: RunProgram) => Promise<void>,
): Promise<void> {
  const points = new Points(report)
  const skipped: string[] = []
  await work(guest, async (command, name, { folder = '/tmp', prefix, ...how } = {}) => {
    const before = prefix === undefined ? [] : [prefix]
    let failed = false
    const running = await guest.stream(
      `cd ${folder} && PATH="$PATH:${PROGRAMS}" exec ${command.map(shellQuote).join(' ')}${how.mixed === true ? ' 2>&1' : ''}`,
    )
    const end = await readProgram(running, point => {
      failed ||= point.outcome === 'fail'
      points.add(advised(point, how.advice), ...before)
    })
    const isByStatus = how.statusCounts === true && end.isWithoutTap && end.exit.signal === null
    if (isByStatus) points.add(advised(pointOfStatus(prefix ?? name, end), how.advice))
    const known = failed && end.exit.signal === null ? { ...end, exit: PASSED } : end
    const detail = end.rest === '' ? {} : { detail: end.rest }
    for (const what of isByStatus ? [] : complaintsOf(name, known))
      t.fail(what, { at: null, stack: '', ...detail })
    if (end.skipped !== undefined) skipped.push(withAdvice(end.skipped, how.advice))
    else t.pass(`${name} ended`, { at: null, stack: '' })
  })
  for (const what of points.complaints) t.fail(what, { at: null, stack: '' })
  for (const reason of skipped) t.pass('skipped', { skip: reason })
}

const withAdvice = (reason: string, advice: string | undefined): string =>
  [reason, advice].filter(Boolean).join('. ')

function advised(point: TapPoint, advice: string | undefined): TapPoint {
  if (advice === undefined) return point
  const { outcome, reason, detail } = point
  if (outcome === 'skip') return { ...point, reason: withAdvice(reason, advice) }
  return outcome === 'fail' ? { ...point, detail: `${advice}\n${detail}`.trim() } : point
}

const PASSED = { code: 0, signal: null }

/** tools/testing/selftests/kselftest.h */
const STATUSES: Readonly<Record<number, 'pass' | 'skip' | 'todo'>> = {
  0: 'pass',
  2: 'todo',
  3: 'todo',
  [KSFT_SKIP]: 'skip',
}
const XPASS = 3

/** The result of a program without TAP, as kselftest/runner.sh reports it. */
function pointOfStatus(name: string, { exit: { code }, rest }: ProgramEnd): TapPoint {
  const outcome = STATUSES[code ?? -1] ?? 'fail'
  const [lastWords] = rest.trimEnd().split('\n').slice(-1)
  return {
    path: [],
    name,
    number: undefined,
    ok: code === 0 || code === XPASS,
    outcome,
    reason: outcome === 'pass' ? '' : `exit status ${code}${lastWords && `: ${lastWords}`}`,
    detail: rest,
  }
}
