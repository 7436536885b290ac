import type { BisectEvent } from '../../contract/bisect-events.js'
import type { JobRef, TestEnd } from '../../contract/events.js'
import { privateFolder } from '../../platform/files/private-folder.js'
import type { Progress } from '../../platform/terminal/progress.js'
import type { Project } from '../../project/project.js'
import { columnRef } from '../../plan/column.js'
import {
  prepareColumn,
  type MachineOptions,
  type PreparedColumn,
} from '../../plan/prepare-column.js'
import { kselftestTargets } from '../../plan/kernel-tests.js'
import { runJobs } from '../../scheduler/pool.js'
import { OpenQueue } from '../../scheduler/queue.js'
import type { ActivityRecord } from '../activity-record.js'
import type { Candidate } from './candidate.js'
import type { Seen } from './certain.js'
import type { Target } from './target.js'
import { seenOf, untested, type BuildFailure } from './what-was-seen.js'

export interface AskContext {
  readonly project: Project
  readonly target: Target
  readonly machine: MachineOptions
  readonly buildFailure: BuildFailure
  readonly record: ActivityRecord<BisectEvent>
  readonly signal: AbortSignal
  readonly progress: Progress
}

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

async function prepare(
  { column, extract, content }: Candidate,
  { project, target, machine, signal, progress, record }: AskContext,
): Promise<PreparedColumn> {
  await using folder = await privateFolder()
  await extract?.(folder.path)
  const since = performance.now()
  const work = { signal, progress }
  const then = { ...project, module: { ...project.module, root: folder.path } }
  const asked = extract === undefined ? project : then
  const targets = kselftestTargets([target.suite.file])
  const prepared = await prepareColumn(asked, column, machine, work, targets)
  const { kernel, module } = prepared
  record.emit({
    type: 'column',
    ...columnRef(column),
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
    ...columnRef(column),
    suite: target.suite.name,
  }
  record.emit({ type: 'plan', jobs: [ref] })
  const ends: TestEnd[] = []
  const queue = new OpenQueue()
  const { grep } = target
  queue.add(
    prepared.job(ref, target.suite.file, record.makeJobFolder(ref.id), {
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
