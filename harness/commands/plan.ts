import { resolve } from 'node:path'
import { columnTitle } from '../contract/column-title.js'
import { SHARD_SECONDS, type Plan } from '../contract/plan.js'
import { EXIT } from '../platform/errors.js'
import { writeJson } from '../platform/files/write-atomically.js'
import { columnsOf } from '../plan/columns.js'
import { kubernetesJob, planInProject } from '../plan/kubernetes-job.js'
import { makePlan } from '../plan/make-plan.js'
import { duration } from '../report/summary.js'
import type { Invocation } from './invocation.js'
import { newRequest, type SelectionOptions } from './run/new-request.js'
import { chooseJobs, planned } from './run/plan-run.js'

export interface PlanOptions extends SelectionOptions {
  shards?: number
  seconds?: number
  output: string
  manifest?: 'k8s'
  image: string
  claim: string
}

export async function execute({
  args,
  options,
  terminal,
  signal,
  project: read,
}: Invocation<PlanOptions>): Promise<number> {
  const project = await read()
  const { shards, seconds = SHARD_SECONDS, manifest, image, claim } = options
  const output = resolve(options.output)
  const seen = manifest === undefined ? undefined : planInProject(project.root, output)
  const context = { project, signal, progress: terminal }
  const request = newRequest(args, options, project)
  const chosen = await chooseJobs(request, context, () => columnsOf(project, request, context))
  const how = shards === undefined ? { seconds } : { shards }
  const plan = await makePlan(project, await planned(chosen, request, context), how)
  await writeJson(output, plan)
  const said = `plan ${plan.id}: ${summary(plan)}`
  if (seen === undefined) terminal.write(`${said}\n`)
  else {
    terminal.say(said)
    terminal.write(kubernetesJob(plan, { image, claim, plan: seen }))
  }
  return EXIT.passed
}

function summary({ jobs, columns, shards }: Plan): string {
  const longest = Math.max(...shards.map(({ expectedSeconds }) => expectedSeconds))
  const kernels = columns.map(columnTitle).join(', ')
  return `${jobs.length} jobs on ${kernels}; ${shards.length} shards, the longest about ${duration(longest * 1000)}`
}
