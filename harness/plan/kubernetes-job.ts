import { relative } from 'node:path'
import { stringify } from 'yaml'
import type { Plan } from '../contract/plan.js'
import { EXIT, usageError } from '../platform/errors.js'
import { isWithin } from '../platform/files/is-within.js'

/** How often a shard is tried again whose node, machine or harness failed. */
const RETRIES = 2

/** Where a cluster finds the project: as the shared volume `claim`, mounted at /project. */
export interface Cluster {
  readonly image: string
  readonly claim: string
  /** Relative to the project. */
  readonly plan: string
}

/**
 * Where workers of a cluster find a plan: they see the project alone.
 * @throws ModproveError `PLAN_OUTSIDE`
 */
export function planInProject(root: string, file: string): string {
  if (isWithin(file, [root])) return relative(root, file)
  throw usageError('PLAN_OUTSIDE', `${file} is not in the project, which is all that pods see`, {
    remedy: `Name a file in ${root}: --output plan.json`,
  })
}

/**
 * A plan as an Indexed Job of Kubernetes: a shard an index. A worker whose tests fail ends with 0,
 * since its record has the verdict; what the infrastructure lost is tried again, and wrong use not
 * (kubernetes.io/docs/tasks/job/pod-failure-policy).
 */
export function kubernetesJob(plan: Plan, { image, claim, plan: file }: Cluster): string {
  const { shards } = plan
  const memoryMiB = Math.max(...shards.map(shard => shard.memoryMiB))
  const limitSeconds = Math.max(...shards.map(shard => shard.limitSeconds))
  const resources = { cpu: '1', memory: `${memoryMiB}Mi` }
  const worker = {
    name: 'worker',
    image,
    args: ['worker', '--plan', file, '--jobs', '1', '--output', `results/${plan.id}`],
    workingDir: '/project',
    env: [{ name: 'MODPROVE_CACHE', value: '/project/.modprove/cache' }],
    resources: { requests: resources, limits: { memory: resources.memory } },
    volumeMounts: [{ name: 'project', mountPath: '/project' }],
  }
  return stringify({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: `modprove-${plan.id}` },
    spec: {
      completionMode: 'Indexed',
      completions: shards.length,
      parallelism: shards.length,
      backoffLimitPerIndex: RETRIES,
      podFailurePolicy: {
        rules: [
          { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
          {
            action: 'FailIndex',
            onExitCodes: { containerName: worker.name, operator: 'In', values: [EXIT.usage] },
          },
        ],
      },
      template: {
        spec: {
          restartPolicy: 'Never',
          activeDeadlineSeconds: limitSeconds,
          containers: [worker],
          volumes: [{ name: 'project', persistentVolumeClaim: { claimName: claim } }],
        },
      },
    },
  })
}
