import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Plan, PlannedColumn } from '../../contract/plan.js'
import { commandFile } from '../../platform/files/package-root.js'
import { wordOf } from '../../plan/column.js'
import type { SlurmConfig } from '../../project/slurm-fields.js'
import { columnName } from '../../record/run-progress.js'
import { PLAN } from '../../record/plan-file.js'
import { cancel, submit } from './commands.js'

/** A kernel's build: gcc on each core, and the link. */
const OF_A_BUILD_MIB = 4096

/** What workers on other nodes find. */
export interface SharedRun {
  /** Absolute: the plan's folder, seen by all nodes. */
  readonly folder: string
  /** Absolute: the project's. */
  readonly root: string
  /** Of all its jobs in Slurm. */
  readonly name: string
}

/**
 * Submits shards: for each column a job that builds it, and an array that waits for that. Slurm
 * starts an element again whose node failed or was taken from it; one whose tests fail has ended.
 * Where Slurm refuses one, none stays.
 *
 * @param indexes of the shards to run
 * @param bad nodes that are not to run them
 * @throws ModproveError as {@link submit}
 */
export async function submitPlan(
  plan: Plan,
  indexes: readonly number[],
  run: SharedRun,
  config: SlurmConfig,
  bad: readonly string[] = [],
): Promise<void> {
  try {
    await submitShards(plan, indexes, run, config, bad)
  } catch (error) {
    // Slurm's own words count, also where it is not there to end anything.
    await cancel(run.name).catch(() => undefined)
    throw error
  }
}

async function submitShards(
  plan: Plan,
  indexes: readonly number[],
  run: SharedRun,
  { atOnce, options = [] }: SlurmConfig,
  bad: readonly string[],
): Promise<void> {
  await mkdir(join(run.folder, 'logs'), { recursive: true })
  const common = [
    `--job-name=${run.name}`,
    `--chdir=${run.root}`,
    '--requeue',
    '--open-mode=append',
    ...(bad.length === 0 ? [] : [`--exclude=${bad.join()}`]),
  ]
  for (const [column, shards] of shardsByColumn(plan, indexes)) {
    const build = await submit(
      [
        ...common,
        `--output=${run.folder}/logs/build-%j.txt`,
        // A kernel is built by all processors of a node.
        '--exclusive',
        `--mem=${OF_A_BUILD_MIB}M`,
        ...options,
      ],
      modprove([
        'build',
        '--kernel',
        wordOf(column.kernel, column.release),
        '--flavour',
        column.flavour,
      ]),
    )
    const needs = shards.flatMap(index => plan.shards[index] ?? [])
    const elements = `${shards.join()}${atOnce === undefined ? '' : `%${atOnce}`}`
    await submit(
      [
        ...common,
        `--output=${logOf(run.folder, '%a')}`,
        `--array=${elements}`,
        // A build that failed is the verdict of its workers.
        `--dependency=afterany:${build}`,
        '--cpus-per-task=1',
        `--mem=${Math.max(...needs.map(({ memoryMiB }) => memoryMiB))}M`,
        `--time=${Math.ceil(Math.max(...needs.map(({ limitSeconds }) => limitSeconds)) / 60)}`,
        ...options,
      ],
      `${modprove(['worker', '--plan', join(run.folder, PLAN), '--output', run.folder, '--jobs', '1'])} --index "$SLURM_ARRAY_TASK_ID"`,
    )
  }
}

/** What a shard's worker prints. */
export const logOf = (folder: string, index: string): string => `${folder}/logs/shard-${index}.txt`

/** Shards of such a plan have one column each. */
function shardsByColumn(plan: Plan, indexes: readonly number[]): Map<PlannedColumn, number[]> {
  const columns = new Map(plan.columns.map(column => [columnName(column), column]))
  const found = new Map<PlannedColumn, number[]>()
  for (const index of indexes) {
    const job = plan.jobs[plan.shards[index]?.jobs[0] ?? -1]
    const column = job && columns.get(columnName(job.ref))
    if (column === undefined) continue
    const shards = found.get(column) ?? []
    shards.push(index)
    found.set(column, shards)
  }
  return found
}

/** A line of sh that runs this modprove. */
const modprove = (words: readonly string[]): string =>
  ['exec', process.execPath, commandFile, ...words].map(quoted).join(' ')

const quoted = (word: string): string =>
  /^[\w./:=+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
