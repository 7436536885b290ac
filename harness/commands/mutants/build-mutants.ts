import { join } from 'node:path'
import { ModproveError } from '../../platform/errors.js'
import { defined } from '../../platform/pick.js'
import type { Problem } from '../../contract/events.js'
import { silent, type Progress } from '../../platform/terminal/progress.js'
import type { Project } from '../../project/project.js'
import { prepareColumn, type MachineOptions } from '../../plan/prepare-column.js'
import type { Job } from '../../session/job.js'
import { applyMutant } from './apply.js'
import type { ColumnPlan, PlannedJob } from './jobs.js'

export interface BuildContext {
  readonly project: Project
  /** Existing folder for the mutated copies; absolute. */
  readonly copies: string
  readonly machine: MachineOptions
  readonly signal: AbortSignal
  readonly progress: Progress
  /** In the record. */
  readonly makeJobFolder: (job: string) => string
  /** Receives jobs that are ready to run. */
  readonly ready: (jobs: readonly Job[]) => void
  /** Called for a mutant that does not apply or build. */
  readonly broken: (mutant: string, problem: Problem, jobs: readonly PlannedJob[]) => void
}

/**
 * Builds the unmodified module and each mutant, one after another; built ones run meanwhile.
 * @throws ModproveError if the unmodified module or its kernel cannot be built
 */
export async function buildMutants(
  plans: readonly ColumnPlan[],
  context: BuildContext,
): Promise<void> {
  const { project, copies, signal } = context
  for (const plan of plans) {
    await prepare(project, plan, plan.baseline, context)
    for (const { planned, jobs } of plan.mutants) {
      const { mutant } = planned
      const copy = join(copies, plan.column.flavour.name, mutant.name)
      try {
        const module = await applyMutant(mutant, project.module, copy, signal)
        await prepare({ ...project, module }, plan, jobs, context)
      } catch (error) {
        signal.throwIfAborted()
        if (!(error instanceof ModproveError)) throw error
        const { code, message, detail } = error
        const problem = { kind: 'build', message, code, ...defined({ detail }) } as const
        context.broken(mutant.name, problem, jobs)
      }
    }
  }
}

async function prepare(
  project: Project,
  { column }: ColumnPlan,
  jobs: readonly PlannedJob[],
  context: BuildContext,
): Promise<void> {
  // Progress shows the builds of all mutants as one step.
  const { machine, signal, progress, makeJobFolder, ready } = context
  const work = { signal, progress: project === context.project ? progress : silent }
  const prepared = await prepareColumn(project, column, machine, work)
  ready(
    jobs.map(({ ref, file, bail, grep }, at) =>
      prepared.job(ref, file, makeJobFolder(ref.id), {
        bail,
        retries: 0,
        following: jobs.length - at - 1,
        ...(grep === undefined ? {} : { grep }),
      }),
    ),
  )
}
