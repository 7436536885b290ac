import type { Accelerator } from '../../contract/accelerator.js'
import { loadCatalogue, loadFlavours, selectOneKernel } from '../../builder/index.js'
import { calibrateDeadlines } from '../../platform/host/host-slowness.js'
import type { MutantEvent } from '../../contract/mutant-events.js'
import { privateFolder } from '../../platform/files/private-folder.js'
import type { Job } from '../../session/job.js'
import type { ActivityContext } from '../activity-record.js'
import type { MachineOptions } from '../invocation.js'
import type { Step } from '../../platform/terminal/progress.js'
import { columnOf } from '../../plan/column.js'
import { firstFolder } from '../../project/module-sources.js'
import { runJobs } from '../../scheduler/pool.js'
import { machinesAtOnce, machinesThatFit } from '../../plan/machines-that-fit.js'
import { wantedColumn } from '../../plan/wanted-columns.js'
import { OpenQueue } from '../../scheduler/queue.js'
import { chooseAccelerator } from '../../vm/index.js'
import { buildMutants } from './build-mutants.js'
import { loadMutants, selectMutants } from './catalogue.js'
import { planJobs, type ColumnPlan, type PlannedJob } from './jobs.js'
import { loadSuites, planMutants, promisesIn } from './plan.js'
import { MutantsRecord } from './run-record.js'
import { MutantTracks } from './tracks.js'
import { loadUnbreakable } from './unbreakable.js'

export interface MutantsOptions extends MachineOptions {
  readonly kernel?: string
  /** Run whole suites, and all of them. */
  readonly all?: boolean
  /** Do not stop at a mutant's first kill. */
  readonly keepGoing?: boolean
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
  options: MutantsOptions,
  context: ActivityContext<MutantEvent>,
): Promise<number> {
  const { all = false, keepGoing = false, jobs: wanted } = options
  const { declared, unbreakable, planned, flavours, columns, jobs } = await plan(
    names,
    options,
    context,
  )
  const slots = machinesAtOnce(wanted, await machinesThatFit(flavours, wanted))
  await calibrateDeadlines(context.progress)
  const accelerator = await chooseAccelerator(options.accel, context)
  const record = new MutantsRecord(context)
  await record.begin(accelerator)
  record.emit({ type: 'plan', jobs })
  const tracks = new MutantTracks(planned, jobs)
  const noun = planned.length === 1 ? 'mutant' : 'mutants'
  const step = context.progress.step(`proving ${planned.length} ${noun}`)
  const machines = { accelerator, slots }
  const fatal = await buildAndRun(columns, { record, tracks, step, machines, keepGoing }, context)
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

/** Selects the mutants, and plans their jobs on the kernel. */
async function plan(
  names: readonly string[],
  { all = false, keepGoing = false, ...options }: MutantsOptions,
  context: ActivityContext<MutantEvent>,
) {
  const { project } = context
  const selected = selectMutants(await loadMutants(project.module), names)
  const { kernel } = wantedColumn(project, options)
  const chosen = await selectOneKernel(await loadCatalogue(), kernel, context)
  const declared = await loadSuites(project)
  const unbreakable = await loadUnbreakable(firstFolder(project.module), promisesIn(declared))
  const planned = await planMutants(selected, {
    declared,
    series: chosen.source.series,
    all,
    project,
  })
  const used = new Set(planned.map(({ mutant }) => mutant.flavour))
  const flavours = (await loadFlavours(project)).filter(({ name }) => used.has(name))
  const columns = flavours.map(flavour =>
    planJobs(columnOf(chosen, flavour), planned, { keepGoing }),
  )
  const jobs = columns.flatMap(jobsOf).map(({ ref }) => ref)
  return { declared, unbreakable, planned, flavours, columns, jobs }
}

interface Proof {
  readonly record: MutantsRecord
  readonly tracks: MutantTracks
  readonly step: Step
  readonly machines: { readonly accelerator: Accelerator; readonly slots: number }
  readonly keepGoing: boolean
}

/** @returns an error that would affect every job */
async function buildAndRun(
  columns: readonly ColumnPlan[],
  { record, tracks, step, machines, keepGoing }: Proof,
  { project, progress, signal: interrupted }: ActivityContext<MutantEvent>,
): Promise<Error | undefined> {
  const conclude = (): void => {
    // Jobs ended by an interruption say nothing about their mutants.
    if (interrupted.aborted) return
    for (const result of tracks.conclude()) record.conclude(result)
    step.note(`${tracks.concluded} done`)
  }
  const drop = (id: string): void => {
    tracks.drop(id)
    conclude()
  }
  await using copies = await privateFolder()
  const stop = new AbortController()
  const signal = AbortSignal.any([interrupted, stop.signal])
  const queue = new OpenQueue()
  const next = async (): Promise<Job | undefined> => {
    for (;;) {
      const job = await queue.next()
      if (job === undefined || keepGoing || tracks.isWanted(job.ref.id)) return job
      drop(job.ref.id)
    }
  }
  const build = buildMutants(columns, {
    project,
    copies: copies.path,
    machine: { accelerator: machines.accelerator, cold: false },
    signal,
    progress,
    makeJobFolder: record.makeJobFolder,
    ready: ready => queue.add(...ready),
    broken: (mutant, problem, jobs) => {
      tracks.breaks(mutant, problem)
      for (const { ref } of jobs) drop(ref.id)
    },
  }).finally(() => queue.close())
  const run = runJobs(
    { next },
    {
      slots: machines.slots,
      signal,
      emit: event => {
        record.emit(event)
        tracks.take(event)
        if (event.type === 'job-end') conclude()
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
  return fatal
}

const jobsOf = ({ baseline, mutants }: ColumnPlan): PlannedJob[] => [
  ...baseline,
  ...mutants.flatMap(({ jobs }) => jobs),
]
