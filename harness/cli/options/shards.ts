import { InvalidArgumentError } from 'commander'
import type { BundleOptions } from '../../commands/bundle.js'
import type { PlanOptions } from '../../commands/plan.js'
import type { WorkerOptions } from '../../commands/worker.js'
import type { CommandSpec, OptionSpec } from '../command.js'
import { jobsOption, machineOptions, positive, selectionOptions } from '../selection.js'

const planOption: OptionSpec<string> = {
  flags: '--plan <file>',
  description: 'the plan',
  initial: 'plan.json',
}

export const planCommand: CommandSpec<PlanOptions> = {
  name: 'plan',
  args: '[suites...]',
  summary:
    'Share out a run: which jobs, of what, in which shards. Workers run them, merge joins them.',
  examples: [
    ['modprove plan --kernel all', 'plan.json: shards of about two minutes, of one kernel each'],
    ['modprove plan --manifest k8s | kubectl apply -f -', 'workers on a cluster of Kubernetes'],
    ['modprove plan --shards 4 --output night.json', 'four shards that take about as long each'],
  ],
  outlivesReader: true,
  options: {
    ...selectionOptions,
    shards: { flags: '--shards <n>', description: 'so many shards', parse: positive },
    seconds: {
      flags: '--seconds <n>',
      description:
        'about how long a shard takes, by the history, where --shards is not given (default: 120)',
      parse: positive,
    },
    output: { flags: '--output <file>', description: "the plan's file", initial: 'plan.json' },
    manifest: {
      flags: '--manifest <kind>',
      description: 'print what runs it: k8s, an Indexed Job of Kubernetes',
      choices: ['k8s'],
    },
    image: { flags: '--image <name>', description: "the workers' image", initial: 'modprove' },
    claim: {
      flags: '--claim <name>',
      description: 'the volume claim with the project, mounted at /project',
      initial: 'modprove',
    },
  },
  load: () => import('../../commands/plan.js'),
}

export const bundleCommand: CommandSpec<BundleOptions> = {
  name: 'bundle',
  summary:
    'Write a plan and all that its workers need into a folder: they need Node and QEMU, and no compiler, archive or network.',
  examples: [
    ['modprove bundle', 'what plan.json needs: kernels, modules, suites, and modprove itself'],
    ['modprove bundle --plan night.json --output /shared/night.bundle', 'where all workers see it'],
  ],
  options: {
    plan: planOption,
    output: {
      flags: '--output <folder>',
      description: 'a new folder, which may be copied anywhere',
      initial: 'bundle',
    },
  },
  load: () => import('../../commands/bundle.js'),
}

export const workerCommand: CommandSpec<WorkerOptions> = {
  name: 'worker',
  summary: 'Run one shard of a plan. Exit status 0: its results are there, whatever they are.',
  examples: [
    ['modprove worker --index 3', 'the fourth shard of plan.json; its record appears in results/'],
    [
      'modprove worker --plan night.json --output /shared/night',
      "the index is the batch system's: SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX, …",
    ],
  ],
  options: {
    plan: planOption,
    bundle: {
      flags: '--bundle <folder>',
      description: 'the plan, and all that its jobs need, as modprove bundle wrote it',
    },
    index: {
      flags: '--index <n>',
      description: "which shard, from 0 (default: from the batch system's variable)",
      parse: word => {
        if (!/^\d+$/.test(word))
          throw new InvalidArgumentError('It should be a whole number from 0.')
        return Number(word)
      },
    },
    output: {
      flags: '--output <folder>',
      description: 'folder of the records of all shards; it may be shared',
      initial: 'results',
    },
    ...machineOptions,
    jobs: jobsOption,
  },
  load: () => import('../../commands/worker.js'),
}
