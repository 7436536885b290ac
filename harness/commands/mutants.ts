import { proveMutants } from './mutants/prove-mutants.js'
import { MutantsReporter } from '../report/mutants.js'
import type { Invocation } from './invocation.js'
import type { MutantsRequest } from './mutants/prove-mutants.js'

export interface MutantsOptions {
  kernel: string
  all?: boolean
  keepGoing?: boolean
  accel: MutantsRequest['accelerator']
  jobs?: number
}

export async function execute({
  args,
  options,
  terminal,
  signal,
  project,
}: Invocation<MutantsOptions>): Promise<number> {
  const write = (text: string): void => terminal.print(process.stdout, text)
  const reporter = new MutantsReporter(write)
  return proveMutants(
    {
      names: args,
      kernel: options.kernel,
      all: options.all ?? false,
      keepGoing: options.keepGoing ?? false,
      accelerator: options.accel,
      ...(options.jobs === undefined ? {} : { slots: options.jobs }),
    },
    {
      project: await project(),
      signal,
      progress: terminal,
      report: event => reporter.take(event),
    },
  )
}
