import { readFile } from 'node:fs/promises'
import t from 'tap'
import {
  ConnectionLost,
  SyscallError,
  TaskEnded,
  type ExecResult,
  type Guest,
} from '../../guest/index.js'
import { buildAgent, startAgent, type RunningAgent } from '../../guest/local-agent.fixture.js'
import { harnessError } from '../../platform/errors.js'
import { outlivingEntries, type Finding } from '../../verdict/index.js'
import { outliving, readBaseline, withoutKept } from './outliving.js'

const local = await buildAgent()
t.teardown(() => local[Symbol.asyncDispose]())

const ran: ExecResult = { code: 0, signal: null, stdout: '', stderr: '' }

/** This host, as a guest, whose files may have other texts. */
const hostAs = (
  { files }: Pick<RunningAgent, 'files'>,
  textOf: (path: string) => string | undefined | Promise<string>,
): Pick<Guest, 'log' | 'readFile' | 'listTree' | 'exec'> => ({
  exec: async () => ran,
  log: { last: 7 } as Guest['log'],
  readFile: async path => (await textOf(path)) ?? '',
  // What others do on this host meanwhile is not what is tested.
  listTree: (folder, closed) =>
    /^\/(?:proc|dev)$/.test(folder) ? files.listTree(folder, closed) : Promise.resolve([]),
})

void t.test('the baseline is all that runs, is there and is registered', async t => {
  await using running = await startAgent(local)
  const guest = hostAs(running, path => readFile(path, 'utf8').catch(() => ''))
  const { pids, ticks, entries } = await readBaseline(guest)
  t.ok(pids.has(globalThis.process.pid) && pids.has(1))
  t.ok(ticks > 0)
  for (const path of ['/proc/version', '/proc/sys/kernel/ostype', '/dev/null'])
    t.ok(entries.has(path), path)
  t.ok(entries.has('/proc/filesystems: proc') && entries.has('/proc/devices: 1 mem'))
  t.notOk(entries.has('/proc/1/stat'), 'of processes there are only the ids')
})

const stat = (pid: number, comm: string, flags: number, ticks: number): string =>
  `${pid} (${comm}) I 2 0 0 0 -1 ${flags} 0 0 0 0 0 0 0 0 20 0 1 0 ${ticks} 0 0\n`

void t.test('what is new and of the kernel is left behind; what ends meanwhile is not', async t => {
  await using running = await startAgent(local)
  const one = globalThis.process.pid
  const files: Record<string, string> = {
    [`/proc/${one}/stat`]: stat(one, 'ring_thread', 0x208040, 7),
    [`/proc/${one}/stack`]: '[<0>] msleep+0x29/0x40\n',
    '/proc/uptime': '0.90 0.10\n',
    '/proc/timer_list': ' #1: <0000000058997c82>, 0xffffffffa0000123, S:01\n',
    // The same pid and start time: the same thread as before.
    '/proc/1/stat': stat(1, 'kthread', 0x208040, 90),
    '/proc/1/stack': '',
  }
  const gone = Object.assign(new Error('gone'), { code: 'ESRCH' })
  const guest = hostAs(
    running,
    path => files[path] ?? (path.endsWith('/stat') ? Promise.reject(gone) : ''),
  )
  const all = await readBaseline(guest)
  const entries = new Set([...all.entries].filter(path => !/^\/dev\/(?:null|zero)$/.test(path)))
  const pids = new Set([...all.pids].filter(pid => pid !== one))
  const before = { pids, entries, ticks: all.ticks }
  const titles = async (): Promise<string[]> =>
    (await outliving(guest, before)).map(({ title }) => title)
  const left = [
    'kernel thread ring_thread outlives the modules',
    'an hrtimer outlives its module: its function is gone',
    '/dev/null outlives the modules',
    '/dev/zero outlives the modules',
  ]
  t.strictSame((await titles()).sort(), [...left].sort())
  const [thread] = await outliving(guest, before)
  t.match(thread?.frames[0], { function: 'msleep' })

  files['/proc/1/stat'] = stat(1, 'kthread', 0x208040, 91)
  const again = await titles()
  t.ok(again.includes('kernel thread kthread outlives the modules'), 'its number was free again')
  t.strictSame(
    await outliving(
      hostAs(running, () => ''),
      all,
    ),
    [],
  )
})

void t.test('a worker that has not said yet what it is is no thread of a module', async t => {
  await using running = await startAgent(local)
  const flags = [0x208040, 0x208060]
  const guest = hostAs(running, path =>
    path === '/proc/1/stat' ? stat(1, 'kworker/0:7', flags.shift() ?? 0x208060, 91) : '',
  )
  const { pids, entries } = await readBaseline(guest)
  t.strictSame(await outliving(guest, { pids, entries, ticks: 90 }), [])
  t.equal(flags.length, 0, 'it was asked again')
})

void t.test(
  'what stays registered is reported by its name, and lists that crash their reader',
  async t => {
    const refused = harnessError('COMMAND_NOT_STARTED', 'exec of true')
    const guest = (lists: Record<string, string | Error>, runs = Promise.resolve(ran)) => ({
      log: { last: 7 } as Guest['log'],
      listTree: async () => [],
      exec: () => runs,
      readFile: async (path: string) => {
        const text = lists[path] ?? ''
        if (text instanceof Error) throw text
        return text
      },
    })
    const before = await readBaseline(
      guest({
        '/proc/devices': 'Character devices:\n  1 mem\n',
        '/proc/ioports': '0000-001f : dma1\n',
        '/proc/net/protocols': 'protocol  size sockets\nUDP  1024  0\n',
      }),
    )
    const after = guest({
      '/proc/devices': 'Character devices:\n  1 mem\n240 ring\n',
      '/proc/filesystems': new TaskEnded('read', 'the process was killed by SIGKILL'),
      '/proc/ioports': '0000-001f : dma1\n9000-900f : ring_io\n',
      '/proc/net/protocols': 'protocol  size sockets\nUDP  1024  4\nRING 8 0\n',
    })
    t.match(await outliving(after, before), [
      { title: '/proc/devices: N ring outlives the modules' },
      { title: '/proc/filesystems: an entry that crashes who reads it outlives the modules' },
      {
        title: '/proc/ioports: ring_io outlives the modules',
        text: '/proc/ioports: 9000-900f : ring_io',
      },
      { title: '/proc/net/protocols: RING outlives the modules' },
    ])
    const crashing = guest({}, Promise.reject(refused))
    t.match(await outliving(crashing, before), [
      {
        title:
          'a binary format handler of an unloaded module, which crashes the next exec outlives the modules',
      },
    ])
    const cut = guest({ '/proc/uptime': new ConnectionLost('cut') }, Promise.reject(refused))
    await t.rejects(outliving(cut, before), { code: 'CONNECTION_LOST' }, 'it is not to blame')
  },
)

void t.test("what the kernel's own modules keep until they go is not left behind", async t => {
  const paths = ['/sys/kernel/slab/scsi_sense_cache', '/dev/ring']
  const [cache, device] = paths.flatMap(path => outlivingEntries(new Set(), new Set([path]), 1))
  if (cache === undefined || device === undefined) throw new Error('two findings are expected')
  const looked = async (left: Finding[], isHeld: boolean) => {
    const done: string[] = []
    const found = await withoutKept(
      async () => (done.at(-1) === 'unload' ? left.filter(one => one !== cache) : left),
      {
        unloadNeeded: async () => {
          done.push('unload')
          if (isHeld) throw new SyscallError('delete_module', ['"scsi_mod"'], 11)
        },
        loadNeeded: async () => void done.push('load'),
      },
    )
    return { found, done }
  }
  t.strictSame(await looked([cache, device], false), { found: [device], done: ['unload', 'load'] })
  t.strictSame(await looked([cache], false), { found: [], done: ['unload', 'load'] })
  t.strictSame(await looked([cache], true), { found: [cache], done: ['unload', 'load'] }, 'held')
  t.strictSame(await looked([], false), { found: [], done: [] }, 'nothing is done for nothing')
})
