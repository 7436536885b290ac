import { resolve } from 'node:path'
import { EXIT } from '../platform/errors.js'
import { during } from '../platform/terminal/progress.js'
import { writeBundle } from '../plan/bundle/write-bundle.js'
import { columnsOfJobs } from '../plan/columns-of-jobs.js'
import { requireColumns, requireContent } from '../plan/shard.js'
import { allSuites, selectSuites } from '../plan/suite-files.js'
import { readPlan } from '../record/plan-file.js'
import type { Invocation } from './invocation.js'

export interface BundleOptions {
  plan: string
  output: string
}

export async function execute({
  options,
  terminal,
  signal,
  project: read,
}: Invocation<BundleOptions>): Promise<number> {
  const project = await read()
  const work = { signal, progress: terminal }
  const plan = await readPlan(resolve(options.plan))
  await requireContent(plan, project)
  const columns = await columnsOfJobs(
    project,
    plan.jobs.map(({ ref }) => ref),
    work,
  )
  await requireColumns(plan, columns)
  const named = await selectSuites(plan.request.suites, allSuites(project))
  const suites = named.map(({ file }) => file)
  const bundle = resolve(options.output)
  await during(terminal, `writing ${bundle}`, undefined, () =>
    writeBundle(bundle, plan, { project, columns, suites }, work),
  )
  terminal.write(
    `plan ${plan.id} with all that its workers need: node ${bundle}/modprove/harness/cli/modprove.js worker --bundle ${bundle} --index 0\n`,
  )
  return EXIT.passed
}
