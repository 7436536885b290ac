import { MutantsReporter } from '../report/activities/mutants.js'
import type { Invocation } from './invocation.js'
import { proveMutants, type MutantsOptions } from './mutants/prove-mutants.js'

export async function execute({
  args,
  options,
  terminal,
  signal,
  project,
}: Invocation<MutantsOptions>): Promise<number> {
  const reporter = new MutantsReporter(terminal.write)
  return proveMutants(args, options, {
    project: await project(),
    signal,
    progress: terminal,
    report: event => reporter.take(event),
  })
}
