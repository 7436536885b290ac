import { usageError } from '../platform/errors.js'
import { defined } from '../platform/pick.js'
import { newRequest, type SelectionOptions } from './run/new-request.js'
import { resume, run } from './run/run.js'
import { PrettyReporter } from '../report/terminal/pretty.js'
import type { Reporter } from '../report/reporter.js'
import { TapReporter } from '../report/formats/tap.js'
import type { Invocation, MachineOptions } from './invocation.js'

export interface RunOptions extends SelectionOptions, MachineOptions {
  reporter: 'pretty' | 'tap'
  keep?: boolean
  jobs?: number
  shard?: { readonly number: number; readonly of: number }
  baseline?: string
  resume?: string | true
}

export async function execute({
  args,
  options,
  terminal,
  signal,
  project,
}: Invocation<RunOptions>): Promise<number> {
  const { write } = terminal
  const reporter: Reporter =
    options.reporter === 'tap' ? new TapReporter(write) : new PrettyReporter(write)
  const context = {
    project: await project(),
    signal,
    progress: terminal,
    report: reporter.take.bind(reporter),
  }
  const own = {
    accelerator: options.accel,
    keep: options.keep ?? false,
    ...defined({ slots: options.jobs, baseline: options.baseline }),
  }
  if (options.resume !== undefined) {
    requireAlone('--resume', options, args)
    const name = options.resume === true ? 'latest' : options.resume
    return (await resume(name, own, context)).exitCode
  }
  const request = { ...newRequest(args, options), ...own, ...defined({ shard: options.shard }) }
  return (await run(request, context)).exitCode
}

/** Options that an interrupted run has in its record. */
const OF_A_NEW_RUN = [
  'kernel',
  'compiler',
  'flavour',
  'grep',
  'bail',
  'cold',
  'coverage',
  'retries',
  'timeout',
  'shard',
] as const

function requireAlone(flag: string, options: RunOptions, suites: readonly string[]): void {
  const more = OF_A_NEW_RUN.filter(name => options[name] !== undefined).map(name => `--${name}`)
  const [first] = [...suites, ...more]
  if (first === undefined) return
  throw usageError('RESUME_ALONE', `${flag} uses the run's own options: ${first} cannot be given`, {
    remedy: 'Leave it out, or start a new run without --resume',
  })
}
