import type { ShardNumber } from '../plan/request.js'
import { usageError } from '../platform/errors.js'
import { defined } from '../platform/pick.js'
import { during } from '../platform/terminal/progress.js'
import { newRequest, type SelectionOptions } from './run/new-request.js'
import { resumeOnSlurm, runOnSlurm } from './run/on-slurm.js'
import type { RunResult } from './run/perform-run.js'
import type { RunContext } from './run/plan-run.js'
import { resume, run } from './run/run.js'
import { PrettyReporter } from '../report/terminal/pretty.js'
import type { Reporter } from '../report/reporter.js'
import { TapReporter } from '../report/formats/tap.js'
import { writeReports } from '../report/write-reports.js'
import type { Invocation, MachineOptions } from './invocation.js'

export interface RunOptions extends SelectionOptions, MachineOptions {
  reporter?: 'pretty' | 'tap'
  keep?: boolean
  jobs?: number
  shard?: ShardNumber
  baseline?: string
  resume?: string | true
  on: 'local' | 'slurm'
}

export async function execute({
  args,
  options,
  terminal,
  signal,
  project: read,
}: Invocation<RunOptions>): Promise<number> {
  const { write } = terminal
  const project = await read()
  const name = options.reporter ?? project.run.reporter
  const reporter: Reporter = name === 'tap' ? new TapReporter(write) : new PrettyReporter(write)
  const report = reporter.take.bind(reporter)
  const context = { project, signal, progress: terminal, report }
  const { folder, exitCode } = await performed(args, options, context)
  const { reports } = project.run
  if (reports !== undefined)
    await during(terminal, 'writing the reports', undefined, () =>
      writeReports(folder, reports, project.root),
    )
  return exitCode
}

async function performed(
  args: readonly string[],
  options: RunOptions,
  context: RunContext,
): Promise<RunResult> {
  const { project } = context
  if (options.on === 'slurm') {
    for (const name of NOT_ON_SLURM) if (options[name] !== undefined) throw notOnSlurm(name)
    const { resume: again } = options
    if (again === true) throw notOnSlurm('resume')
    return again === undefined
      ? runOnSlurm(newRequest(args, options, project), context)
      : resumeOnSlurm(again, context)
  }
  if (options.buildOnly === true)
    for (const name of OF_A_MACHINE) if (options[name] !== undefined) throw noMachine(name)
  const own = {
    accelerator: options.accel,
    keep: options.keep ?? false,
    ...defined({ slots: options.jobs, baseline: options.baseline }),
  }
  if (options.resume !== undefined) {
    requireAlone('--resume', options, args)
    const name = options.resume === true ? 'latest' : options.resume
    return resume(name, own, context)
  }
  const request = newRequest(args, options, project)
  return run({ ...request, ...own, ...defined({ shard: options.shard }) }, context)
}

/** What needs a machine of this host, or what merged records lack. */
const NOT_ON_SLURM = ['keep', 'jobs', 'shard', 'baseline'] as const

const notOnSlurm = (name: string): Error =>
  usageError('NOT_ON_SLURM', `--${name} cannot be used with --on slurm`, {
    remedy:
      name === 'resume'
        ? 'Name the run, as it was printed when it began: --resume RUN'
        : 'Leave it out, or run on this host: --on local',
  })

const OF_A_MACHINE = ['keep', 'coverage'] as const

const noMachine = (name: string): Error =>
  usageError('NO_MACHINE', `--${name} needs a machine, and --build-only starts none`, {
    remedy: 'Leave one of them out',
  })

/** Options that an interrupted run has in its record. */
const OF_A_NEW_RUN = [
  'kernel',
  'compiler',
  'flavour',
  'grep',
  'bail',
  'buildOnly',
  'cold',
  'coverage',
  'retries',
  'timeout',
  'shard',
] as const

/** `buildOnly` → `--build-only` */
const flagOf = (name: string): string =>
  `--${name.replaceAll(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`

function requireAlone(flag: string, options: RunOptions, suites: readonly string[]): void {
  const more = OF_A_NEW_RUN.filter(name => options[name] !== undefined).map(flagOf)
  const [first] = [...suites, ...more]
  if (first === undefined) return
  throw usageError('RESUME_ALONE', `${flag} uses the run's own options: ${first} cannot be given`, {
    remedy: 'Leave it out, or start a new run without --resume',
  })
}
