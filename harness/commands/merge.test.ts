import { join } from 'node:path'
import t from 'tap'
import { folderOfPlan } from './merge.js'

void t.test('results of a plan are found by their folder, and by all that is in it', async t => {
  const root = t.testdir({
    results: { 'plan.json': '{}', '0-20260102T030405Z-abcdef': { 'events.jsonl': '' } },
    empty: {},
  })
  const results = join(root, 'results')
  t.equal(await folderOfPlan(results), results)
  t.equal(await folderOfPlan(join(results, 'plan.json')), results)
  t.equal(await folderOfPlan(join(results, '0-20260102T030405Z-abcdef')), undefined)
  t.equal(await folderOfPlan('latest'), undefined)
  const empty = join(root, 'empty')
  await t.rejects(folderOfPlan(empty), {
    code: 'UNKNOWN_RUN',
    exitCode: 2,
    message: `${empty} is empty: no worker brought a result there`,
    remedy: /worker --output/,
  })
})
