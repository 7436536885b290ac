import { proveMutants } from './mutants/prove-mutants.js'
import { MutantsReporter } from '../report/mutants.js'
import type { Invocation } from '../cli/command.js'
import type { MutantsOptions } from '../cli/options/mutants.js'

export async function execute({
  args,
  options,
  terminal,
  signal,
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
    { signal, progress: terminal, report: event => reporter.take(event) },
  )
}
