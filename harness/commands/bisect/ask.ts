import { ModproveError } from '../../platform/errors.js'
import type { BisectEvent } from '../../contract/bisect-events.js'
import type { JobRef, TestEnd } from '../../contract/events.js'
import { privateFolder } from '../../platform/private-folder.js'
import type { Progress } from '../../platform/progress.js'
import type { Project } from '../../project/project.js'
import { prepareColumn, type MachineOptions, type PreparedColumn } from '../../plan/columns.js'
import { runJobs } from '../../scheduler/pool.js'
import { OpenQueue } from '../../scheduler/queue.js'
import { WHOLE_FILE } from '../../contract/test-names.js'
import type { ActivityRecord } from '../activity-record.js'
import type { Candidate } from './candidate.js'
import type { Seen } from './certain.js'
import type { Target } from './target.js'

/** How to treat a candidate on which the module does not compile. */
export type BuildFailure = 'skip' | 'bad'

export interface AskContext {
  readonly project: Project
  readonly target: Target
  readonly machine: MachineOptions
  readonly buildFailure: BuildFailure
  readonly record: ActivityRecord<BisectEvent>
  readonly signal: AbortSignal
  readonly progress: Progress
}

/** The module's own errors: skipped, or bad if the bisect looks for build failures. */
const NOT_BUILT = ['MODULE_DOES_NOT_COMPILE', 'PREPARE_FAILED', 'MODULE_TWICE', 'NO_MODULE']
/** Errors of one candidate that say nothing about its neighbours. */
const NOT_TESTABLE = [
  ...['KERNEL_DOES_NOT_BUILD', 'CONFIGURE_FAILED', 'OPTIONS_LOST', 'GUEST_DID_NOT_BOOT'],
  'NO_SUCH_FOLDER',
]

/**
 * Prepares a candidate; its machines are built on first use.
 * @returns runs the target's tests once; throws errors that would affect every candidate (disk,
 * network)
 */
export function prepareCandidate(
  candidate: Candidate,
  context: AskContext,
): (attempt: number) => Promise<Seen> {
  let prepared: Promise<PreparedColumn> | undefined
  return async attempt => {
    try {
      prepared ??= prepare(candidate, context)
      return await run(await prepared, candidate, attempt, context)
    } catch (error) {
      context.signal.throwIfAborted()
      const seen = untested(error, context.buildFailure)
      if (seen === undefined) throw error
      return seen
    }
  }
}

/** Converts an error to an answer; undefined if it would affect every candidate. */
export function untested(error: unknown, buildFailure: BuildFailure): Seen | undefined {
  if (!(error instanceof ModproveError)) return undefined
  const { code, message, detail } = error
  if (NOT_BUILT.includes(code)) {
    const end = buildFailure === 'bad' ? 'fail' : 'skip'
    const [first] = /^.*(?:\berror: |^ERROR: ).*$/m.exec(detail ?? '') ?? []
    return { end, reason: first === undefined ? message : `${message}: ${first}` }
  }
  return NOT_TESTABLE.includes(code) ? { end: 'skip', reason: message } : undefined
}

async function prepare(
  { column, extract, content }: Candidate,
  { project, machine, signal, progress, record }: AskContext,
): Promise<PreparedColumn> {
  await using folder = await privateFolder()
  await extract?.(folder.path)
  const since = performance.now()
  const work = { signal, progress }
  const then = { ...project, module: { ...project.module, root: folder.path } }
  const asked = extract === undefined ? project : then
  const prepared = await prepareColumn(asked, column, machine, work)
  const { kernel, module } = prepared
  record.emit({
    type: 'column',
    kernel: column.kernel,
    series: kernel.series,
    release: column.release,
    flavour: column.flavour.name,
    source: kernel.source,
    key: `${kernel.key} ${content}`,
    compiler: kernel.compiler,
    warnings: module.warnings,
    durationMs: performance.now() - since,
  })
  return prepared
}

async function run(
  prepared: PreparedColumn,
  { column, jobFolder }: Candidate,
  attempt: number,
  { target, record, signal }: AskContext,
): Promise<Seen> {
  const ref: JobRef = {
    id: `${column.id}/${jobFolder}${target.suite.name}-${attempt}`,
    kernel: column.kernel,
    series: column.series.name,
    release: column.release,
    flavour: column.flavour.name,
    suite: target.suite.name,
  }
  record.emit({ type: 'plan', jobs: [ref] })
  const ends: TestEnd[] = []
  const queue = new OpenQueue()
  const { grep } = target
  queue.add(
    prepared.job(ref, target.suite.file, record.folderOf(ref.id), {
      bail: false,
      retries: 0,
      ...(grep === undefined ? {} : { grep }),
    }),
  )
  queue.close()
  await runJobs(queue, {
    slots: 1,
    signal,
    emit: event => {
      if (event.type === 'test-end') ends.push(event)
      record.emit(event)
    },
    onKept: () => undefined,
    bail: false,
  })
  return seenOf(ends, grep)
}

/** Combines a job's test results into one answer. */
export function seenOf(ends: readonly TestEnd[], grep?: string): Seen {
  const pattern = new RegExp(grep ?? '')
  const asked = ends.filter(({ test }) => pattern.test(test) || test === WHOLE_FILE)
  const withStatus = (...wanted: TestEnd['status'][]): TestEnd | undefined =>
    asked.find(({ status }) => wanted.includes(status))
  const describe = ({ test, problems, reason, cause }: TestEnd): string =>
    `${test}: ${problems[0]?.message ?? reason ?? cause ?? 'no details'}`
  const failed = withStatus('fail')
  if (failed !== undefined) return { end: 'fail', reason: describe(failed) }
  const lost = withStatus('error', 'miss')
  if (lost !== undefined) return { end: 'lost', reason: describe(lost) }
  if (withStatus('pass') !== undefined) return { end: 'pass' }
  const skipped = withStatus('skip')
  return { end: 'skip', reason: skipped === undefined ? 'no test ran' : describe(skipped) }
}
