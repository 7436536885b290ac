import { usageError } from '../platform/errors.js'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Batch systems tell each element of an array its number; some count from 1. Names are those of
 * their manuals: sbatch(1), kubernetes.io (Indexed Job), AWS Batch, Cloud Run, GitLab CI, CircleCI,
 * Buildkite, qsub(1) of PBS and of Grid Engine, bsub(1).
 */
const COUNTERS: readonly (readonly [variable: string, first: 0 | 1])[] = [
  // What an array begins with is its user's choice: --array=2 runs shard 2 again.
  ['SLURM_ARRAY_TASK_ID', 0],
  ['JOB_COMPLETION_INDEX', 0],
  ['AWS_BATCH_JOB_ARRAY_INDEX', 0],
  ['CLOUD_RUN_TASK_INDEX', 0],
  ['CI_NODE_INDEX', 1],
  ['CIRCLE_NODE_INDEX', 0],
  ['BUILDKITE_PARALLEL_JOB', 0],
  ['PBS_ARRAY_INDEX', 0],
  ['SGE_TASK_ID', 1],
  ['LSB_JOBINDEX', 1],
]

/**
 * The index of this worker, from 0.
 *
 * @param given by the user; undefined to take the batch system's
 * @param count of the plan's shards
 * @throws ModproveError `NO_INDEX`, `INDEX_OUT_OF_RANGE`
 */
export function workerIndex(given: number | undefined, count: number, env: Environment): number {
  if (given !== undefined) return within(given, count, `--index ${given}`)
  for (const [variable, first] of COUNTERS) {
    const value = env[variable]
    // Grid Engine says "undefined" outside an array.
    if (value === undefined || !/^\d+$/.test(value)) continue
    if (variable === 'SLURM_ARRAY_TASK_ID') requireFromZero(count, env)
    return within(Number(value) - first, count, `${variable}=${value}`)
  }
  throw usageError('NO_INDEX', 'Nothing says which shard of the plan this worker runs', {
    detail: `Variables looked for: ${COUNTERS.map(([variable]) => variable).join(', ')}`,
    remedy: `Name one: --index 0 to --index ${count - 1}`,
  })
}

/** All elements of --array=1-20 are refused for 20 shards, and not the last alone. */
function requireFromZero(count: number, env: Environment): void {
  const { SLURM_ARRAY_TASK_MIN: min = 0, SLURM_ARRAY_TASK_MAX: max = 0 } = env
  if (Number(min) === 0 || Number(max) < count) return
  throw usageError('INDEX_OUT_OF_RANGE', `--array=${min}-${max}: a plan's shards count from 0`, {
    remedy: `This plan has ${count}: sbatch --array=0-${count - 1}`,
  })
}

/**
 * @param what names the index in the error
 * @throws ModproveError `INDEX_OUT_OF_RANGE`
 */
function within(index: number, count: number, what: string): number {
  if (index >= 0 && index < count) return index
  throw usageError('INDEX_OUT_OF_RANGE', `${what} names no shard: the plan has ${count}`, {
    remedy: 'Start as many workers as it has shards, or make another plan',
  })
}
