import { availableParallelism, freemem } from 'node:os'
import { EXIT, ModproveError, usageError } from '../errors.js'
import { count, noCounts, SCHEMA, type Counts, type JobRef, type RunEvent } from '../events.js'
import type { Progress } from '../progress.js'
import { packageJson } from '../project.js'
import { chooseAccelerator, type AcceleratorWish } from '../vm/index.js'
import type { KeptMachine } from './job.js'
import { columnsOf, prepareColumn, type Column } from './columns.js'
import { reportCoverage, requireCounting, type CountedColumn } from './coverage.js'
import { JobTrack } from './job-track.js'
import { selectSuites } from './plan.js'
import { runJobs } from './pool.js'
import { OpenQueue } from './queue.js'
import { longestFirst, pastDurations } from './past-durations.js'
import { Record } from '../record/record.js'
import { commit, contentNow, hostOf } from './provenance.js'

export interface RunRequest {
  /** Names, files or globs; empty for all. */
  readonly suites: readonly string[]
  /** Series or point releases. */
  readonly kernels: readonly string[]
  readonly flavours: readonly string[]
  readonly accelerator: AcceleratorWish
  /** Regular expression that test names must match. */
  readonly grep?: string
  readonly bail: boolean
  /** Leave the machine of the first suite that fails, else of the last one, up until the signal. */
  readonly keep: boolean
  /** Boot each machine afresh, instead of restoring it from a template. */
  readonly cold: boolean
  /** Tell what of the module was executed; needs a flavour that counts. */
  readonly coverage: boolean
  /** Machines side by side; one a core by default. */
  readonly slots?: number
}

export interface RunContext {
  readonly signal: AbortSignal
  readonly progress: Progress
  readonly report: (event: RunEvent) => void
}

export interface RunResult {
  readonly counts: Counts
  readonly exitCode: number
  /** Absolute folder of the record. */
  readonly folder: string
}

/**
 * The way of a run: plan, build, run, record. A kernel that cannot be built is that column's result and
 * stops nothing else.
 *
 * @throws ModproveError for wrong use, before anything is built or recorded, and for what would befall
 *   every job; the record is closed first
 */
export async function run(request: RunRequest, context: RunContext): Promise<RunResult> {
  checkGrep(request.grep)
  const suites = await selectSuites(request.suites)
  const columns = await columnsOf(request, context)
  if (request.coverage) requireCounting(columns.map(column => column.flavour))
  const counted: CountedColumn[] = []
  const accelerator = await chooseAccelerator(request.accelerator, {
    signal: context.signal,
    say: line => context.progress.say(line),
  })
  const lasted = await pastDurations()
  const record = Record.create()
  const since = performance.now()
  let counts = noCounts
  let buildFailed = false
  const unfinished = new Map<string, JobRef>()
  const emit = (event: RunEvent): void => {
    if (event.type === 'job-end') unfinished.delete(event.job)
    if (event.type === 'test-end') counts = count(counts, event.status, event.flaky !== undefined)
    if (event.type === 'build-failed') {
      counts = count(counts, event.status)
      buildFailed = true
    }
    record.append(event)
    context.report(event)
  }
  const refs = (column: Column): JobRef[] =>
    suites.map(({ name: suite }) => {
      const { kernel, release, series, flavour } = column
      return {
        id: `${release}-${flavour.name}/${suite}`,
        kernel,
        series: series.name,
        release,
        flavour: flavour.name,
        suite,
      }
    })

  emit({
    type: 'run-start',
    schema: SCHEMA,
    run: record.run,
    at: new Date().toISOString(),
    folder: record.folder,
    version: packageJson.version,
    commit: await commit(),
    content: await contentNow(),
    argv: process.argv.slice(2),
    host: await hostOf(accelerator),
    request: {
      kernels: request.kernels,
      flavours: request.flavours,
      suites: request.suites,
      ...(request.grep === undefined ? {} : { grep: request.grep }),
      cold: request.cold,
      retries: 0,
    },
  })
  for (const ref of columns.flatMap(refs)) unfinished.set(ref.id, ref)
  emit({ type: 'plan', jobs: [...unfinished.values()] })

  const queue = new OpenQueue()
  const stop = new AbortController()
  const signal = AbortSignal.any([context.signal, stop.signal])
  const build = async (): Promise<void> => {
    try {
      for (const [index, column] of columns.entries()) {
        const begunMs = performance.now()
        try {
          const prepare = await prepareColumn(
            column,
            { accelerator, cold: request.cold },
            {
              signal,
              progress: context.progress,
            },
          )
          emit({
            type: 'column',
            kernel: column.kernel,
            series: column.series.name,
            release: column.release,
            flavour: column.flavour.name,
            source: prepare.kernel.source,
            key: prepare.kernel.key,
            compiler: prepare.kernel.compiler,
            warnings: prepare.module.warnings,
            durationMs: performance.now() - begunMs,
          })
          const counting = request.coverage && column.flavour.coverage
          const countsFolder = (ref: JobRef) => `${record.job(ref.id)}/counts`
          if (counting) {
            const { coverageNotes: notes, compiledIn, sourcePrefix } = prepare.module
            const folders = refs(column).map(countsFolder)
            counted.push({ notes, compiledIn, sourcePrefix, folders })
          }
          const jobs = refs(column).map((ref, suite) => {
            const last = index === columns.length - 1 && suite === suites.length - 1
            return prepare.job(ref, suites[suite]?.file ?? '', record.job(ref.id), {
              bail: request.bail,
              ...(request.grep === undefined ? {} : { grep: request.grep }),
              ...(counting ? { countsFolder: countsFolder(ref) } : {}),
              ...(request.keep ? { keep: last ? 'always' : 'failed' } : {}),
            })
          })
          // Who names suites has an order in mind.
          const sorted =
            request.suites.length > 0
              ? jobs
              : longestFirst(jobs, ({ ref }) => lasted(ref.suite, ref.flavour))
          queue.add(...sorted)
        } catch (error) {
          signal.throwIfAborted()
          if (!(error instanceof ModproveError)) throw error
          for (const ref of refs(column)) unfinished.delete(ref.id)
          const status = error.exitCode === EXIT.failed ? 'fail' : 'error'
          const { detail, message, remedy } = error
          const evidence = [detail, remedy].filter(text => text !== undefined).join('\n')
          emit({
            type: 'build-failed',
            kernel: column.kernel,
            series: column.series.name,
            release: column.release,
            flavour: column.flavour.name,
            status,
            problem: { message, ...(evidence === '' ? {} : { detail: evidence }) },
          })
        }
      }
    } finally {
      queue.close()
    }
  }
  const onKept = (machine: KeptMachine): void => {
    context.progress.say(`the machine of ${machine.job} stays up until Ctrl+C:\n  ${machine.ssh}`)
  }
  const slots = request.keep
    ? 1
    : Math.min(request.slots ?? machinesAtOnce(columns), unfinished.size)
  let fatal: Error | undefined
  try {
    const pool = runJobs(queue, { slots, signal, emit, onKept, bail: request.bail })
      // After a bail no further kernel needs to be built.
      .then(() => stop.abort())
    // Whichever fails first takes the other along; both are waited for, so that nothing is left behind.
    await Promise.all(
      [build(), pool].map(work =>
        work.catch((error: Error) => {
          if (stop.signal.aborted && error === stop.signal.reason) return
          stop.abort(error)
          fatal ??= error
        }),
      ),
    )
    if (
      fatal === undefined &&
      counts.pass + counts.fail + counts.error + counts.skip + counts.miss === 0
    ) {
      fatal = usageError('NO_TESTS', `No test's name matches /${request.grep ?? ''}/.`, {
        remedy: `Suites looked through: ${suites.map(suite => suite.name).join(', ')}`,
      })
    }
    if (request.coverage && !context.signal.aborted) {
      emit(await reportCoverage(counted, `${record.folder}/coverage`, context.signal))
    }
  } finally {
    const interrupted = context.signal.aborted
    for (const id of unfinished.keys()) {
      const track = new JobTrack(id, emit)
      track.missed(interrupted ? 'the run was interrupted' : 'the run ended before its turn')
    }
    emit({
      type: 'run-end',
      at: new Date().toISOString(),
      durationMs: performance.now() - since,
      counts,
      exitCode: exitCode(counts, buildFailed, interrupted),
      interrupted,
    })
  }
  if (fatal !== undefined) throw fatal
  return { counts, exitCode: exitCode(counts, buildFailed, false), folder: record.folder }
}

/** Beside the guest's memory: QEMU, and the worker that drives it. */
const OF_A_MACHINE_MIB = 400
const MIB = 1024 ** 2

/** As many as there are cores, and as fit into the memory that is free now. */
function machinesAtOnce(columns: readonly Column[]): number {
  const largestMiB = Math.max(...columns.map(({ flavour }) => flavour.memoryMiB))
  const fit = Math.floor(freemem() / MIB / (largestMiB + OF_A_MACHINE_MIB))
  return Math.max(1, Math.min(availableParallelism(), fit))
}

function exitCode(counts: Counts, buildFailed: boolean, interrupted: boolean): number {
  if (interrupted) return EXIT.interrupted
  if (counts.fail > 0) return EXIT.failed
  if (counts.error + counts.miss > 0 || buildFailed) return EXIT.harness
  return EXIT.passed
}

function checkGrep(grep: string | undefined): void {
  try {
    if (grep !== undefined) new RegExp(grep)
  } catch (error) {
    throw usageError(
      'BAD_GREP',
      `--grep takes a regular expression: ${(error as Error).message}.`,
      { cause: error },
    )
  }
}
