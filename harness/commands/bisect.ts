import { bisect } from './bisect/bisect.js'
import { usageError } from '../platform/errors.js'
import { BisectReporter } from '../report/bisect.js'
import type { Invocation } from './invocation.js'
import type { BisectRequest } from './bisect/bisect.js'

export interface BisectOptions {
  good?: string
  bad?: string
  module?: boolean
  kernel?: string
  flavour: string
  accel: BisectRequest['accelerator']
  buildFailure: BisectRequest['buildFailure']
  fresh?: boolean
}

export async function execute({
  args: [test = ''],
  options,
  terminal,
  signal,
  project,
}: Invocation<BisectOptions>): Promise<number> {
  const { good, bad, module = false, kernel, flavour, accel, buildFailure, fresh = false } = options
  if (good === undefined || bad === undefined) {
    throw usageError('BAD_TARGET', 'A bisect needs both ends: --good and --bad', {
      remedy: 'modprove kernels --all lists the releases',
    })
  }
  const reporter = new BisectReporter(text => terminal.print(process.stdout, text))
  return bisect(
    {
      ...{ test, good, bad, module, flavour, fresh, buildFailure },
      accelerator: accel,
      ...(kernel === undefined ? {} : { kernel }),
    },
    {
      project: await project(),
      signal,
      progress: terminal,
      report: event => reporter.take(event),
    },
  )
}
