import { loadCatalogue, loadFlavours, selectOneKernel } from '../../builder/index.js'
import { calibrateDeadlines } from '../../platform/host-slowness.js'
import type { MutantEvent } from '../../contract/mutant-events.js'
import { privateFolder } from '../../platform/private-folder.js'
import type { Job } from '../../session/job.js'
import type { ActivityContext } from '../activity-record.js'
import { columnOf } from '../../plan/columns.js'
import { firstFolder } from '../../project/module-sources.js'
import { runJobs } from '../../scheduler/pool.js'
import { machinesAtOnce, machinesThatFit } from '../../plan/machines-that-fit.js'
import { OpenQueue } from '../../scheduler/queue.js'
import { chooseAccelerator, type AcceleratorWish } from '../../vm/index.js'
import { buildMutants } from './build-mutants.js'
import { loadMutants, selectMutants } from './catalogue.js'
import { planJobs, type ColumnPlan, type PlannedJob } from './jobs.js'
import { loadSuites, planMutants, promisesIn } from './plan.js'
import { MutantsRecord } from './run-record.js'
import { MutantTracks } from './tracks.js'
import { loadUnbreakable } from './unbreakable.js'

export interface MutantsOptions {
  readonly kernel: string
  /** Run whole suites, and all of them. */
  readonly all?: boolean
  /** Do not stop at a mutant's first kill. */
  readonly keepGoing?: boolean
  readonly accel: AcceleratorWish
  /** Concurrent machines; default one per core. */
  readonly jobs?: number
}

/**
 * Plants each bug in a copy of the module, builds it, and runs the suites that should catch it.
 * @param names of mutants, or numbers; empty for all
 * @returns the exit status: 0 if each was killed by its catcher or better, and the unmodified
 * module passes these tests; 1 if one survived, 3 on an error
 * @throws ModproveError for usage errors before anything is built or recorded, and for errors that
 * would affect every job, after closing the record
 */
export async function proveMutants(
  names: readonly string[],
  { kernel, all = false, keepGoing = false, accel, jobs: slots }: MutantsOptions,
  context: ActivityContext<MutantEvent>,
): Promise<number> {
  const { project, progress } = context
  const selected = selectMutants(await loadMutants(project.module), names)
  const chosen = await selectOneKernel(await loadCatalogue(), kernel, context)
  const series = { name: chosen.source.series }
  const declared = await loadSuites(project)
  const unbreakable = await loadUnbreakable(firstFolder(project.module), promisesIn(declared))
  const planned = await planMutants(selected, { declared, series, all })
  const used = new Set(planned.map(({ mutant }) => mutant.flavour))
  const flavours = (await loadFlavours()).filter(({ name }) => used.has(name))
  const columns = flavours.map(flavour => columnOf(chosen, flavour))
  const plans = columns.map(column => planJobs(column, planned, { keepGoing }))
  const jobs = plans.flatMap(jobsOf).map(({ ref }) => ref)
  const fit = await machinesThatFit(flavours, slots)
  await calibrateDeadlines(progress)
  const accelerator = await chooseAccelerator(accel, context)

  const record = new MutantsRecord(context)
  const tracks = new MutantTracks(planned, jobs)
  const step = progress.step(
    `proving ${planned.length} ${planned.length === 1 ? 'mutant' : 'mutants'}`,
  )
  const settle = (): void => {
    // Jobs ended by an interruption say nothing about their mutants.
    if (context.signal.aborted) return
    for (const result of tracks.settle()) record.conclude(result)
    step.note(`${tracks.settled} settled`)
  }
  const drop = (id: string): void => {
    tracks.drop(id)
    settle()
  }
  await record.begin(accelerator)
  record.emit({ type: 'plan', jobs })

  await using copies = await privateFolder()
  const stop = new AbortController()
  const signal = AbortSignal.any([context.signal, stop.signal])
  const queue = new OpenQueue()
  const next = async (): Promise<Job | undefined> => {
    for (;;) {
      const job = await queue.next()
      if (job === undefined || keepGoing || tracks.isWanted(job.ref.id)) return job
      drop(job.ref.id)
    }
  }
  const build = buildMutants(plans, {
    project,
    copies: copies.path,
    machine: { accelerator, cold: false },
    signal,
    progress,
    folderOf: record.folderOf,
    ready: ready => queue.add(...ready),
    broken: (mutant, problem, jobs) => {
      tracks.breaks(mutant, problem)
      for (const { ref } of jobs) drop(ref.id)
    },
  }).finally(() => queue.close())
  const run = runJobs(
    { next },
    {
      slots: machinesAtOnce(slots, fit),
      signal,
      emit: event => {
        record.emit(event)
        tracks.take(event)
        if (event.type === 'job-end') settle()
      },
      onKept: () => undefined,
      bail: false,
    },
  )
  let fatal: Error | undefined
  // The first failure stops the other; both are awaited, so that nothing is left behind.
  await Promise.all(
    [build, run].map(part =>
      part.catch((error: Error) => {
        fatal ??= error
        stop.abort(error)
      }),
    ),
  )
  const interrupted = context.signal.aborted
  const why = interrupted ? 'the run was interrupted' : 'the run ended early'
  for (const result of tracks.miss(why)) record.conclude(result)
  step.done()
  const exitCode = await record.close({
    promises: promisesIn(declared),
    unbreakable,
    allMutants: names.length === 0,
    complete: all && keepGoing,
    baselineFailures: tracks.baselineFailures,
    interrupted,
  })
  if (fatal !== undefined) throw fatal
  return exitCode
}

const jobsOf = ({ baseline, mutants }: ColumnPlan): PlannedJob[] => [
  ...baseline,
  ...mutants.flatMap(({ jobs }) => jobs),
]
