import { readFile } from 'node:fs/promises'
import t from 'tap'
import { buildAgent, startAgent } from '../guest/local-agent.fixture.js'
import type { Guest } from '../guest/index.js'
import { outliving, readBaseline } from './outliving.js'

const local = await buildAgent()
t.teardown(() => local[Symbol.asyncDispose]())

const reading = (path: string): Promise<string> => readFile(path, 'utf8')

void t.test('the baseline is all that runs and is there, however much that is', async t => {
  await using running = await startAgent(local)
  const process = await running.process()
  const { pids, ticks, entries } = await readBaseline({ readFile: reading }, process)
  t.ok(pids.has(process.pid) && pids.has(globalThis.process.pid) && pids.has(1))
  t.ok(ticks > 0)
  for (const path of ['/proc/version', '/proc/sys/kernel/ostype', '/dev/null'])
    t.ok(entries.has(path), path)
  t.notOk(entries.has('/proc/1') || entries.has('/proc/1/stat'), 'processes are no entries')
})

const stat = (pid: number, comm: string, flags: number, ticks: number): string =>
  `${pid} (${comm}) I 2 0 0 0 -1 ${flags} 0 0 0 0 0 0 0 0 20 0 1 0 ${ticks} 0 0\n`

void t.test('what is new and of the kernel is left behind; what ends meanwhile is not', async t => {
  await using running = await startAgent(local)
  const process = await running.process()
  const one = globalThis.process.pid
  const other = process.pid
  const files: Record<string, string> = {
    [`/proc/${one}/stat`]: stat(one, 'ring_thread', 0x208040, 7),
    [`/proc/${one}/stack`]: '[<0>] msleep+0x29/0x40\n',
    '/proc/uptime': '0.90 0.10\n',
    '/proc/timer_list': ' #1: <0000000058997c82>, 0xffffffffa0000123, S:01\n',
    // The same pid and start time: the same thread as before.
    '/proc/1/stat': stat(1, 'kthread', 0x208040, 90),
    '/proc/1/stack': '',
  }
  const guest = {
    log: { last: 7 },
    readFile: (path: string) => {
      const text = files[path]
      if (path !== `/proc/${other}/stat`) return Promise.resolve(text ?? '')
      return Promise.reject(Object.assign(new Error('gone'), { code: 'ESRCH' }))
    },
  } as unknown as Guest
  const all = await readBaseline(guest, process)
  const entries = new Set([...all.entries].filter(path => !/^\/dev\/(?:null|zero)$/.test(path)))
  const pids = new Set([...all.pids].filter(pid => pid !== one && pid !== other))
  const before = { pids, entries, ticks: all.ticks }
  const titles = async (): Promise<string[]> =>
    (await outliving(guest, process, before)).map(({ title }) => title)
  const left = [
    'kernel thread ring_thread outlives the modules',
    'an hrtimer outlives its module: its function is gone',
    '/dev/null outlives the modules',
    '/dev/zero outlives the modules',
  ]
  t.strictSame((await titles()).sort(), [...left].sort())
  const [thread] = await outliving(guest, process, before)
  t.match(thread?.frames[0], { function: 'msleep' })

  files['/proc/1/stat'] = stat(1, 'kthread', 0x208040, 91)
  const again = await titles()
  t.ok(again.includes('kernel thread kthread outlives the modules'), 'its number was free again')
  t.strictSame(await outliving({ ...guest, readFile: async () => '' }, process, all), [])
})

void t.test('a worker that has not said yet what it is is no thread of a module', async t => {
  await using running = await startAgent(local)
  const process = await running.process()
  const flags = [0x208040, 0x208060]
  const guest = {
    log: { last: 7 },
    readFile: async (path: string) =>
      path === '/proc/1/stat' ? stat(1, 'kworker/0:7', flags.shift() ?? 0x208060, 91) : '',
  } as unknown as Guest
  const { pids, entries } = await readBaseline({ readFile: reading }, process)
  const before = { pids, entries, ticks: 90 }
  t.strictSame(await outliving(guest, process, before), [])
  t.equal(flags.length, 0, 'it was asked again')
})
