import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { SlurmJob } from './commands.js'
import { failingNodes, wordsOn } from './failing-nodes.js'

const ended = (index: number, node: string, reason = 'None'): SlurmJob => ({
  id: `7_${index}`,
  index,
  state: reason === 'None' ? 'COMPLETED' : 'FAILED',
  node,
  reason,
})

t.test('a node is bad that brought nothing, where another one did', t => {
  const jobs = [
    ended(0, 'n1'),
    ended(1, 'n1', 'NonZeroExitCode'),
    ended(2, 'n2', 'JobLaunchFailure'),
    ended(3, 'n3'),
    { ...ended(4, ''), index: undefined },
  ]
  t.strictSame(failingNodes(jobs, [1, 2, 3]), [
    { node: 'n1', shards: [1], reason: 'NonZeroExitCode', isBad: false },
    { node: 'n2', shards: [2], reason: 'JobLaunchFailure', isBad: true },
    // It wrote its result into a folder of its own.
    { node: 'n3', shards: [3], reason: 'None', isBad: true },
  ])
  t.end()
})

t.test('where all fail, none is worse than another', t => {
  t.match(failingNodes([ended(0, 'n1', 'TimeLimit')], [0]), [{ node: 'n1', isBad: false }])
  t.end()
})

t.test('it is told with the last error of its worker, or what the node may not see', async t => {
  const folder = t.testdir()
  await mkdir(join(folder, 'logs'))
  const log = ['modprove: no space is left in /tmp', '  → Make room', ''].join('\n')
  await writeFile(join(folder, 'logs/shard-4.txt'), log)
  const node = { node: 'n2', shards: [3, 4], reason: 'NonZeroExitCode', isBad: true }
  t.equal(
    await wordsOn(node, folder),
    'node n2 brought no sound result of shards 3, 4 (NonZeroExitCode); modprove: no space is left in /tmp; its shards go to other nodes',
  )
  t.match(await wordsOn({ ...node, shards: [5] }, folder), `does it see ${folder}, and may write`)
})
