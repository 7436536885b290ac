import t from 'tap'
import { workerIndex } from './batch-index.js'

t.test('the index is that of the batch system, from 0 whatever it counts from', async t => {
  const indexes: readonly (readonly [Readonly<Record<string, string>>, number])[] = [
    [{ SLURM_ARRAY_TASK_ID: '2', SLURM_ARRAY_TASK_MIN: '0', SLURM_ARRAY_TASK_MAX: '2' }, 2],
    // --array=2: a shard that is run again.
    [{ SLURM_ARRAY_TASK_ID: '2', SLURM_ARRAY_TASK_MIN: '2', SLURM_ARRAY_TASK_MAX: '2' }, 2],
    [{ SLURM_ARRAY_TASK_ID: '1', SLURM_ARRAY_TASK_MIN: '1', SLURM_ARRAY_TASK_MAX: '2' }, 1],
    [{ JOB_COMPLETION_INDEX: '2' }, 2],
    [{ CI_NODE_INDEX: '3' }, 2],
    [{ SGE_TASK_ID: '3' }, 2],
    [{ SGE_TASK_ID: 'undefined', CIRCLE_NODE_INDEX: '2' }, 2],
  ]
  for (const [env, index] of indexes) t.equal(workerIndex(undefined, 3, env), index)
  t.equal(workerIndex(0, 3, { CI_NODE_INDEX: '3' }), 0, 'what the user says counts')
})

t.test('an index that no shard has is refused by its name', async t => {
  const wrong = { code: 'INDEX_OUT_OF_RANGE', exitCode: 2 }
  t.throws(() => workerIndex(3, 3, {}), { ...wrong, message: /--index 3 names no shard.*has 3/ })
  const env = { CI_NODE_INDEX: '4' }
  t.throws(() => workerIndex(undefined, 3, env), { ...wrong, message: /CI_NODE_INDEX=4/ })
  t.throws(() => workerIndex(undefined, 3, { CI_NODE_INDEX: '0' }), wrong)
})

t.test('an array of Slurm that counts from 1 is refused as a whole', async t => {
  const env = { SLURM_ARRAY_TASK_ID: '2', SLURM_ARRAY_TASK_MIN: '1', SLURM_ARRAY_TASK_MAX: '3' }
  t.throws(() => workerIndex(undefined, 3, env), {
    code: 'INDEX_OUT_OF_RANGE',
    exitCode: 2,
    message: "--array=1-3: a plan's shards count from 0",
    remedy: 'This plan has 3: sbatch --array=0-2',
  })
})

t.test('without an index the variables are named', async t => {
  t.throws(() => workerIndex(undefined, 3, {}), {
    code: 'NO_INDEX',
    exitCode: 2,
    detail: /SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX/,
    remedy: 'Name one: --index 0 to --index 2',
  })
})
