import { resolve } from 'node:path'
import type { RunEvent } from '../contract/events.js'
import { EXIT } from '../platform/errors.js'
import { defined } from '../platform/pick.js'
import { readBundle } from '../plan/bundle/read-bundle.js'
import { workerIndex } from '../plan/batch-index.js'
import { readPlan } from '../record/plan-file.js'
import {
  claimFolder,
  isSound,
  lackingShards,
  placeOf,
  publish,
  unfinishedIn,
} from '../record/shard-folder.js'
import { PrettyReporter } from '../report/terminal/pretty.js'
import type { Invocation, MachineOptions } from './invocation.js'
import { runShard } from './run/run.js'

export interface WorkerOptions extends MachineOptions {
  plan: string
  bundle?: string
  index?: number
  output: string
  jobs?: number
}

/** @returns 0 when the shard has results, whatever they are: the verdict is the merged record's */
export async function execute({
  options,
  terminal,
  signal,
  project,
}: Invocation<WorkerOptions>): Promise<number> {
  const bundle =
    options.bundle === undefined ? undefined : await readBundle(resolve(options.bundle))
  const plan = bundle?.plan ?? (await readPlan(resolve(options.plan)))
  const index = workerIndex(options.index, plan.shards.length, process.env)
  const folder = resolve(options.output)
  await claimFolder(folder, plan)
  // A batch system may start a worker again whose record had appeared.
  if (!(await lackingShards(folder, plan)).includes(index)) {
    terminal.say(`shard ${index} has its results already`)
    return EXIT.passed
  }
  const reporter = new PrettyReporter(terminal.write)
  const context = {
    project: bundle?.project ?? (await project()),
    signal,
    progress: terminal,
    report: (event: RunEvent) =>
      reporter.take(
        event.type === 'run-start'
          ? { ...event, folder: placeOf(event.run, folder, index) }
          : event,
      ),
  }
  const unfinished = await unfinishedIn(folder)
  const own = { accelerator: options.accel, ...defined({ slots: options.jobs }) }
  const { counts, folder: record } = await runShard(plan, index, own, unfinished, context, bundle)
  await publish(record, folder, index)
  return isSound(counts) ? EXIT.passed : EXIT.harness
}
