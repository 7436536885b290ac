import { byCompilers } from '../builder/index.js'
import { usageError } from '../platform/errors.js'
import { resume, run } from './run/run.js'
import { PrettyReporter } from '../report/terminal/pretty.js'
import type { Reporter } from '../report/reporter.js'
import { TapReporter } from '../report/formats/tap.js'
import type { Invocation, MachineOptions } from './invocation.js'

export interface RunOptions extends MachineOptions {
  kernel?: readonly string[]
  compiler?: readonly string[]
  flavour?: readonly string[]
  grep?: string
  bail?: boolean
  reporter: 'pretty' | 'tap'
  keep?: boolean
  jobs?: number
  cold?: boolean
  coverage?: boolean
  retries?: number
  timeout?: number
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
    ...(options.jobs === undefined ? {} : { slots: options.jobs }),
    ...(options.baseline === undefined ? {} : { baseline: options.baseline }),
  }
  if (options.resume !== undefined) {
    requireAlone('--resume', options, args)
    const name = options.resume === true ? 'latest' : options.resume
    return (await resume(name, own, context)).exitCode
  }
  const result = await run(
    {
      suites: args,
      kernels: byCompilers(options.kernel ?? ['6.1'], options.compiler),
      flavours: options.flavour ?? ['plain'],
      ...own,
      bail: options.bail ?? false,
      cold: options.cold ?? false,
      coverage: options.coverage ?? false,
      retries: options.retries ?? 0,
      ...(options.timeout === undefined ? {} : { timeoutMs: options.timeout * 1000 }),
      ...(options.grep === undefined ? {} : { grep: options.grep }),
    },
    context,
  )
  return result.exitCode
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
] as const

function requireAlone(flag: string, options: RunOptions, suites: readonly string[]): void {
  const more = OF_A_NEW_RUN.filter(name => options[name] !== undefined).map(name => `--${name}`)
  const [first] = [...suites, ...more]
  if (first === undefined) return
  throw usageError('RESUME_ALONE', `${flag} uses the run's own options: ${first} cannot be given`, {
    remedy: 'Leave it out, or start a new run without --resume',
  })
}
