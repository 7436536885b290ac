import { resolve } from 'node:path'
import type { Plan } from '../contract/plan.js'
import { EXIT } from '../platform/errors.js'
import { writeJson } from '../platform/files/write-atomically.js'
import { columnsOf } from '../plan/columns.js'
import { makePlan } from '../plan/make-plan.js'
import { duration } from '../report/summary.js'
import type { Invocation } from './invocation.js'
import { newRequest, type SelectionOptions } from './run/new-request.js'
import { chooseJobs, planned } from './run/plan-run.js'

export interface PlanOptions extends SelectionOptions {
  shards?: number
  seconds: number
  output: string
}

export async function execute({
  args,
  options,
  terminal,
  signal,
  project: read,
}: Invocation<PlanOptions>): Promise<number> {
  const project = await read()
  const context = { project, signal, progress: terminal }
  const request = newRequest(args, options)
  const chosen = await chooseJobs(request, context, () => columnsOf(project, request, context))
  const { shards, seconds } = options
  const how = shards === undefined ? { seconds } : { shards }
  const plan = await makePlan(project, await planned(chosen, request, context), how)
  await writeJson(resolve(options.output), plan)
  terminal.write(`plan ${plan.id}: ${summary(plan)}\n`)
  return EXIT.passed
}

function summary({ jobs, columns, shards }: Plan): string {
  const longest = Math.max(...shards.map(({ expectedSeconds }) => expectedSeconds))
  const kernels = columns.map(({ release, flavour }) => `${release} ${flavour}`).join(', ')
  return `${jobs.length} jobs on ${kernels}; ${shards.length} shards, the longest about ${duration(longest * 1000)}`
}
