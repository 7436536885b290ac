import { dirname, join, relative } from 'node:path'
import type { Accelerator } from '../../contract/accelerator.js'
import { patternOf } from '../../platform/names/test-matcher.js'
import type { JobRef, RunEvent } from '../../contract/events.js'
import { calibrateDeadlines } from '../../platform/host/host-slowness.js'
import type { Progress } from '../../platform/terminal/progress.js'
import type { Project } from '../../project/project.js'
import { findRecord } from '../../record/read.js'
import { recordsOf } from '../../record/record.js'
import { readRun } from '../../record/require-run.js'
import type { RunView } from '../../record/view.js'
import { chooseAccelerator } from '../../vm/index.js'
import type { Column } from '../../plan/columns.js'
import { machinesAtOnce, machinesThatFit } from '../../plan/machines-that-fit.js'
import { allSuites, selectSuites, type SuiteFile } from '../../plan/suite-files.js'
import type { RunRequest } from '../../plan/request.js'
import { declaredTests, suitesWith } from '../../scheduler/declared-tests.js'
import { prepareWorkers } from '../../scheduler/spare-workers.js'
import { requireCounting } from '../../session/modules/coverage.js'
import { plannedJobs } from './planned-jobs.js'

export interface RunContext {
  readonly project: Project
  readonly signal: AbortSignal
  readonly progress: Progress
  readonly report: (event: RunEvent) => void
}

export interface RunPlan {
  readonly suites: readonly SuiteFile[]
  readonly columns: readonly Column[]
  /** Every suite on every column that is for it. */
  readonly jobs: readonly JobRef[]
  readonly accelerator: Accelerator
  /** Number of machines that fit into free memory. */
  readonly fit: number
  readonly baseline: RunView | undefined
}

/**
 * Validates a request before anything is built or recorded.
 * @throws ModproveError for usage errors, and when the host cannot run a machine
 */
export async function planRun(
  request: RunRequest,
  context: RunContext,
  choose: () => Promise<readonly Column[]>,
): Promise<RunPlan> {
  const { signal, progress } = context
  const suites = await suitesOf(request, context)
  const columns = await choose()
  const fit = await machinesThatFit(
    columns.map(column => column.flavour),
    request.slots,
  )
  prepareWorkers(workersWanted(request, suites, fit))
  const jobs = plannedJobs(columns, suites, request.suites.length > 0)
  if (request.coverage) requireCounting(columns.map(column => column.flavour))
  // Before the new record exists, which would be the latest.
  const baseline =
    request.baseline === undefined
      ? undefined
      : await readRun(await findRecord(request.baseline, recordsOf(context.project)))
  await calibrateDeadlines(progress)
  const accelerator = await chooseAccelerator(request.accelerator, { signal, progress })
  return { suites, columns, jobs, accelerator, fit, baseline }
}

async function suitesOf(
  { suites, grep }: RunRequest,
  { project, signal, progress }: RunContext,
): Promise<SuiteFile[]> {
  if (grep !== undefined) patternOf(grep, '--grep takes a regular expression')
  const known = allSuites(project)
  const named = await selectSuites(suites, known)
  const hasOwn =
    project.kernelSuites.length > 0 || known.some(({ file }) => dirname(file) === project.suites)
  if (suites.length === 0 && !hasOwn) progress.say(noSuites(project.suites))
  if (grep === undefined) return named
  const files = named.map(({ file }) => file)
  return suitesWith(named, grep, await declaredTests(project, files, signal))
}

function noSuites(folder: string): string {
  const shown = relative(process.cwd(), folder) || '.'
  return `There is no suite in ${shown}: the basics alone run. Write ${join(shown, 'hello.suite.ts')}: "Your module in five minutes" in modprove's README.md has one`
}

/** As many as machines, as far as known before kernels are resolved. */
function workersWanted(
  { kernels, flavours, keep, slots }: RunRequest,
  suites: readonly SuiteFile[],
  fit: number,
): number {
  const jobs = suites.length * kernels.length * flavours.length
  return keep ? 1 : Math.min(machinesAtOnce(undefined, fit), slots ?? Infinity, jobs)
}
