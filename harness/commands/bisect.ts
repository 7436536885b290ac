import { BisectReporter } from '../report/activities/bisect.js'
import { bisect, type BisectOptions } from './bisect/bisect.js'
import type { Invocation } from './invocation.js'

export async function execute({
  args: [test = ''],
  options,
  terminal,
  signal,
  project,
}: Invocation<BisectOptions>): Promise<number> {
  const reporter = new BisectReporter(terminal.write)
  return bisect(test, options, {
    project: await project(),
    signal,
    progress: terminal,
    report: event => reporter.take(event),
  })
}
