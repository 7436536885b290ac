import { readFile } from 'node:fs/promises'
import t from 'tap'
import { buildAgent, startAgent } from '../guest/local-agent.fixture.js'
import type { Guest } from '../guest/index.js'
import { outliving, runningPids } from './outliving.js'

const local = await buildAgent()
t.teardown(() => local[Symbol.asyncDispose]())

void t.test('all that runs is found, however many there are', async t => {
  await using running = await startAgent(local)
  const process = await running.process()
  const pids = await runningPids(process)
  t.ok(pids.has(process.pid) && pids.has(globalThis.process.pid) && pids.has(1))
})

void t.test('what is new and of the kernel is left behind; what ends meanwhile is not', async t => {
  await using running = await startAgent(local)
  const process = await running.process()
  const pids = await runningPids(process)
  const one = globalThis.process.pid
  const other = process.pid
  const files: Record<string, string> = {
    [`/proc/${one}/stat`]: `${one} (ring_thread) I 2 0 0 0`,
    [`/proc/${one}/stack`]: '[<0>] msleep+0x29/0x40\n',
    '/proc/timer_list': ' #1: <0000000058997c82>, 0xffffffffa0000123, S:01\n',
  }
  const guest = {
    log: { last: 7 },
    readFile: (path: string) => {
      const text = files[path]
      if (text !== undefined) return Promise.resolve(text)
      if (path !== `/proc/${other}/stat`) return readFile(path, 'utf8')
      return Promise.reject(Object.assign(new Error('gone'), { code: 'ESRCH' }))
    },
  } as unknown as Guest
  const before = new Set([...pids].filter(pid => pid !== one && pid !== other))
  const found = await outliving(guest, process, before)
  t.strictSame(
    found.map(({ title }) => title),
    [
      'kernel thread ring_thread outlives the modules',
      'an hrtimer outlives its module: its function is gone',
    ],
  )
  t.match(found[0]?.frames[0], { function: 'msleep' })
  t.strictSame(await outliving({ ...guest, readFile: async () => '' }, process, pids), [])
})
