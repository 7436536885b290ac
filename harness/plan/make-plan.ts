import { kernelKey } from '../builder/index.js'
import type { JobRef, RecordedRequest } from '../contract/events.js'
import type { Plan, PlannedColumn, PlannedJob, PlannedShard } from '../contract/plan.js'
import type { PastResults } from '../history/history.js'
import { packageVersion } from '../platform/files/package-root.js'
import { defined } from '../platform/pick.js'
import type { Project } from '../project/project.js'
import { columnName } from '../record/run-progress.js'
import { withId } from '../record/plan-file.js'
import { columnRef, type Column } from './column.js'
import { OF_A_MACHINE_MIB } from './machines-that-fit.js'
import { expectedDurations } from './past-durations.js'
import { commitOf, contentNow } from './provenance.js'
import { durations, shareOut, type ShareOut } from './share-out.js'
import { subjectOf } from './subject.js'

/** A shard is lost when it takes so many times what is expected, and the time to make templates. */
const TIMES_EXPECTED = 6
const FOR_TEMPLATES_SECONDS = 900

/** Node and what it reads, besides its machine. */
const OF_A_WORKER_MIB = 512

/** What is planned. */
export interface Planned {
  readonly request: RecordedRequest
  readonly columns: readonly Column[]
  readonly jobs: readonly JobRef[]
  readonly past: PastResults
}

/** Shares out jobs; hashes all that they run. */
export async function makePlan(
  project: Project,
  { request, columns, jobs: refs, past }: Planned,
  how: ShareOut,
): Promise<Plan> {
  const lasts = expectedDurations(past)
  const jobs = refs.map((ref): PlannedJob => ({ ref, ...defined({ expectedMs: lasts(ref) }) }))
  return withId({
    schema: 1,
    version: packageVersion,
    at: new Date().toISOString(),
    commit: await commitOf(project.root),
    content: await contentNow(project),
    subject: await subjectOf(project),
    request,
    columns: await Promise.all(columns.map(plannedColumn)),
    jobs,
    shards: plannedShards(jobs, columns, how),
  })
}

/** A column as plans name it. */
export const plannedColumn = async (column: Column): Promise<PlannedColumn> => ({
  ...columnRef(column),
  key: (await kernelKey(column.source, column.flavour)).key,
})

function plannedShards(
  jobs: readonly PlannedJob[],
  columns: readonly Column[],
  how: ShareOut,
): PlannedShard[] {
  const lasts = durations(jobs)
  const memory = new Map(
    columns.map(column => [columnName(columnRef(column)), column.flavour.memoryMiB]),
  )
  return shareOut(jobs, how).map(places => {
    const ms = places.reduce((sum, place) => sum + (lasts[place] ?? 0), 0)
    const expectedSeconds = Math.ceil(ms / 1000)
    const needs = places.map(place => {
      const job = jobs[place]
      return job === undefined ? 0 : (memory.get(columnName(job.ref)) ?? 0)
    })
    return {
      jobs: places as [number, ...number[]],
      expectedSeconds,
      limitSeconds: FOR_TEMPLATES_SECONDS + expectedSeconds * TIMES_EXPECTED,
      memoryMiB: Math.max(...needs) + OF_A_MACHINE_MIB + OF_A_WORKER_MIB,
    }
  })
}
