import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { ProcessorTimes } from './processor-times.js'

void t.test('the threads that ran and waited longest since the last look count', async t => {
  const tasks = t.testdir({
    '7': { schedstat: '5000000 1000000 3\n' },
    '8': { schedstat: '5000000 9000000 3\n' },
  })
  const times = new ProcessorTimes(tasks)
  t.strictSame(times.look(), { ranMs: 5, waitedMs: 9 }, 'since it began')
  t.strictSame(times.look(), { ranMs: 0, waitedMs: 0 }, 'nothing new')
  await writeFile(join(tasks, '7/schedstat'), '5000000 4000000 4\n')
  await writeFile(join(tasks, '8/schedstat'), '9000000 10000000 4\n')
  t.strictSame(times.look(), { ranMs: 4, waitedMs: 3 })
  await rm(join(tasks, '8'), { recursive: true })
  await writeFile(join(tasks, '7/schedstat'), '5000000 4500000 4\n')
  t.strictSame(times.look(), { ranMs: 0, waitedMs: 0.5 }, 'one has ended')
  await writeFile(join(tasks, '7/schedstat'), 'nothing that is known\n')
  t.strictSame(times.look(), { ranMs: 0, waitedMs: 0 })
})

void t.test('a process that is gone waits for nothing', async t => {
  t.strictSame(new ProcessorTimes('/proc/0/task').look(), { ranMs: 0, waitedMs: 0 })
  t.ok(new ProcessorTimes('/proc/self/task').look().ranMs > 0, 'a real one is read')
})
