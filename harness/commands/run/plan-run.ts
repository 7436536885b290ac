import { existsSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { loadCatalogue } from '../../builder/index.js'
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
import type { BuiltColumn } from '../../plan/build-column.js'
import { requireBootable, type Column } from '../../plan/column.js'
import { rangesOfNone, requireKnownSuites } from '../../plan/known-names.js'
import { machinesAtOnce, machinesThatFit } from '../../plan/machines-that-fit.js'
import { allSuites, selectSuites, type SuiteFile } from '../../plan/suite-files.js'
import type { Planned } from '../../plan/make-plan.js'
import { recordedRequest, type PlanRequest, type RunRequest } from '../../plan/request.js'
import { subjectOf } from '../../plan/subject.js'
import { historyOf, readHistory } from '../../history/history.js'
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

/** What a request selects. */
export interface ChosenJobs {
  readonly suites: readonly SuiteFile[]
  readonly columns: readonly Column[]
  /** Every suite on every column that is for it; those of a shard. */
  readonly jobs: readonly JobRef[]
  /** Of more shards than jobs, some have none. */
  readonly isEmptyShard?: boolean
  /** What its columns are made of, if they were built elsewhere. */
  readonly builtOf?: (column: Column) => BuiltColumn
}

/** What is run on this host. */
export interface RunPlan extends ChosenJobs {
  readonly accelerator: Accelerator
  /** Number of machines that fit into free memory. */
  readonly fit: number
  readonly baseline: RunView | undefined
}

/** @throws ModproveError for usage errors */
export async function chooseJobs(
  request: PlanRequest,
  context: Omit<RunContext, 'report'>,
  choose: () => Promise<readonly Column[]>,
): Promise<ChosenJobs> {
  const suites = await suitesOf(request, context)
  const columns = await choose()
  if (request.buildOnly !== true) requireBootable(columns)
  if (request.coverage) requireCounting(columns.map(column => column.flavour))
  const areNamed = request.suites.length > 0
  return { suites, columns, jobs: plannedJobs(columns, suites, areNamed, context.project) }
}

/** What is chosen, as a plan is made of it. */
export const planned = async (
  { columns, jobs }: ChosenJobs,
  request: PlanRequest,
  { project, progress }: Omit<RunContext, 'report'>,
): Promise<Planned> => ({
  request: recordedRequest(request),
  columns,
  jobs,
  past: await readHistory(historyOf(project), await subjectOf(project), undefined, text =>
    progress.say(text),
  ),
})

/**
 * Validates the rest of a request before anything is built or recorded.
 * @throws ModproveError for usage errors, and when the host cannot run a machine
 */
export async function planRun(
  chosen: ChosenJobs,
  request: RunRequest,
  { project, signal, progress }: RunContext,
): Promise<RunPlan> {
  const flavours = chosen.columns.map(({ flavour }) => flavour)
  const fit = await machinesThatFit(flavours, request.slots)
  prepareWorkers(workersWanted(chosen, request, fit))
  // Before the new record exists, which would be the latest.
  const baseline =
    request.baseline === undefined
      ? undefined
      : await readRun(await findRecord(request.baseline, recordsOf(project)))
  await calibrateDeadlines(progress)
  const wanted = request.buildOnly === true ? 'tcg' : request.accelerator
  const accelerator = await chooseAccelerator(wanted, { signal, progress })
  return { ...chosen, accelerator, fit, baseline }
}

async function suitesOf(
  { suites, grep }: PlanRequest,
  { project, signal, progress }: Omit<RunContext, 'report'>,
): Promise<SuiteFile[]> {
  if (grep !== undefined) patternOf(grep, '--grep takes a regular expression')
  const known = allSuites(project)
  await requireKnownSuites(
    project,
    known.map(({ name }) => name),
  )
  const series = (await loadCatalogue()).map(({ name }) => name)
  for (const text of await rangesOfNone(project, series)) progress.say(text)
  const named = await selectSuites(suites, known)
  const hasOwn =
    project.kernelSuites.length > 0 || known.some(({ file }) => dirname(file) === project.suites)
  if (suites.length === 0 && !hasOwn) progress.say(noSuites(project))
  if (grep === undefined) return named
  const files = named.map(({ file }) => file)
  return suitesWith(named, grep, await declaredTests(project, files, signal))
}

function noSuites({ suites, configFile }: Project): string {
  const shown = relative(process.cwd(), suites) || '.'
  const how = existsSync(configFile)
    ? `Write ${join(shown, 'hello.suite.ts')}: "Your module in five minutes" in modprove's README.md has one`
    : '"modprove init" writes a first one, and the configuration'
  return `There is no suite in ${shown}/: the basics alone run. ${how}`
}

/** As many as machines. */
const workersWanted = ({ jobs }: ChosenJobs, { keep, slots }: RunRequest, fit: number): number =>
  keep ? 1 : Math.min(machinesAtOnce(undefined, fit), slots ?? Infinity, jobs.length)
