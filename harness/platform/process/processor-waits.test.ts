import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { ProcessorWaits } from './processor-waits.js'

void t.test('the thread that waited longest since the last look counts', async t => {
  const tasks = t.testdir({
    '7': { schedstat: '5000000 1000000 3\n' },
    '8': { schedstat: '5000000 9000000 3\n' },
  })
  const waits = new ProcessorWaits(tasks)
  t.equal(waits.look(), 9, 'since it began')
  t.equal(waits.look(), 0, 'nothing new')
  await writeFile(join(tasks, '7/schedstat'), '5000000 4000000 4\n')
  await writeFile(join(tasks, '8/schedstat'), '9000000 10000000 4\n')
  t.equal(waits.look(), 3)
  await rm(join(tasks, '8'), { recursive: true })
  await writeFile(join(tasks, '7/schedstat'), '5000000 4500000 4\n')
  t.equal(waits.look(), 0.5, 'one has ended')
  await writeFile(join(tasks, '7/schedstat'), 'nothing that is known\n')
  t.equal(waits.look(), 0)
})

void t.test('a process that is gone waits for nothing', async t => {
  t.equal(new ProcessorWaits('/proc/0/task').look(), 0)
  t.ok(new ProcessorWaits('/proc/self/task').look() >= 0, 'a real one is read')
})
