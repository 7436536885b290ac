import { randomUUID } from 'node:crypto'
import type { Test, TestOpts } from 'tap'
import { scaledHere } from '../platform/waiting/deadlines.js'
import type { Problem } from '../contract/events.js'
import { race } from '../session/life/race.js'
import { problemAfter, problemOf } from '../verdict/index.js'
import { failedAssertions } from './failed-assertions.js'
import { nodeTap } from './node-tap.js'

/** What a test asserted, and what else fails it. */
export interface TapOutcome {
  readonly problems: readonly Problem[]
  /** The reason, if every assertion was skipped or the plan is 1..0. */
  readonly skipped: string | undefined
  /** The test's own TAP stream. */
  readonly tap: string
  /** False when a subtest or teardown never ended; it may still run. */
  readonly whole: boolean
}

/**
 * Gives a test a node-tap `Test` of its own to assert with, and keeps its TAP; called by `runTest`.
 * Never rejects: an exception becomes a problem.
 *
 * @param work the test's steps and its verdict; returns problems other than failed assertions. Each
 * of them fails the test in its TAP, too
 * @param tellLate told the first assertion, or throw, that comes after that
 */
export async function withTap(
  name: string,
  work: (t: Test) => Promise<readonly Problem[]>,
  tellLate: (problem: Problem) => void = () => undefined,
): Promise<TapOutcome> {
  const options: TestOpts = { name, bail: false }
  const { Test } = nodeTap()
  const t = new Test(options)
  const early: Problem[] = []
  let tell = (problem: Problem): void => void early.push(problem)
  tellAfterEnd(t, problem => {
    tell(problem)
    tell = () => undefined
  })
  const isPlanned = watchPlan(t)
  let stream = ''
  t.on('data', (chunk: Buffer | string) => (stream += chunk.toString()))
  const ended = new Promise<void>(resolve => t.once('end', resolve))
  const found = await work(t).catch((error: unknown) => [problemOf(error)])
  // A fresh mark: no test can hide an assertion of its own behind it.
  const mark = randomUUID()
  for (const { kind, message, detail } of found) {
    // A test that called t.end() itself takes no more.
    if (t.results !== undefined) break
    // No source line: the harness's own lines are not the test's.
    t.fail(message, { at: null, stack: '', detail, kind, mark })
  }
  if (t.results === undefined) t.end()
  const whole = await race(ended, { limitMs: scaledHere(LEFTOVER_MS) }).then(
    () => true,
    () => false,
  )
  const problems = failedAssertions(stream, mark)
  if (!whole)
    problems.push({ kind: 'unfinished', message: 'a subtest or teardown of it never ended' })
  const isEmpty = t.results?.plan.skipAll === true && !isPlanned()
  if (isEmpty && found.length === 0) {
    const message = 'it made no assertion: call t.equal() or another one, and await what it starts'
    problems.push({ kind: 'nothing-asserted', message })
  }
  const skipped = whole && !isEmpty ? skippedBecause(t) : undefined
  if (early.length === 0) tell = tellLate
  return { problems: [...problems, ...early, ...found], skipped, tap: stream, whole }
}

/** What a test, or a subtest of it, asserts or throws after its end; node-tap drops that. */
function tellAfterEnd(t: Test, tell: (problem: Problem) => void): void {
  const threw = t.threw.bind(t)
  t.threw = (error, ...more) => {
    if (t.results === undefined) return threw(error, ...more)
    tell(problemAfter(t.name, error))
  }
}

/** Whether the test's own code has planned its assertions; for others node-tap does, at the end. */
function watchPlan(t: Test): () => boolean {
  const plan = t.plan.bind(t) as (...args: unknown[]) => void
  let isPlanned = false
  t.plan = (count: number, comment?: string, implicit?: symbol) => {
    isPlanned ||= implicit === undefined
    plan(count, comment, implicit)
  }
  return () => isPlanned
}

/** For subtests and teardowns that continue after the body. */
const LEFTOVER_MS = 2_000

function skippedBecause(t: Test): string | undefined {
  const { results } = t
  if (results?.plan.skipAll === true) return results.plan.skipReason || 'no reason given'
  if (results === undefined || results.count === 0 || results.skip !== results.count)
    return undefined
  const [first] = results.skips
  return typeof first?.skip === 'string' ? first.skip : (first?.name ?? 'no reason given')
}
