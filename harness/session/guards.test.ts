import t from 'tap'
import type { TraceLine } from '../contract/events.js'
import type { LogRecord } from '../contract/log-record.js'
import { Guards, type GuardedGuest } from './guards.js'

const LOCKDEP = '/proc/lockdep_stats'
const NUM_ERRORS = '/sys/kernel/debug/dma-api/num_errors'
const KMEMLEAK = '/sys/kernel/debug/kmemleak'
const OBJECTS = '/sys/kernel/debug/debug_objects/stats'
const HUNG = '/proc/sys/kernel/hung_task_warnings'
const ONCE = '/sys/kernel/debug/clear_warn_once'

const locks = (on: 0 | 1): string =>
  ` lock-classes:   900 [max: 8192]\n debug_locks:                             ${on}\n`
const objects = (warnings: number, used: number): string =>
  `max_chain     :9\nwarnings      :${warnings}\npool_free     :7\npool_used     :${used}\n`

/** A guest with these files, which keep what is written to them. */
function toy(files: Readonly<Record<string, string>>) {
  const content = new Map(Object.entries(files))
  const asked: string[] = []
  const records: LogRecord[] = []
  const missing = (path: string) =>
    Object.assign(new Error(path), { code: content.has(path) ? 'EPERM' : 'ENOENT' })
  const guest: GuardedGuest = {
    log: {
      oldest: 0,
      get last() {
        return records.length - 1
      },
      since: sequence => records.filter(record => record.sequence > sequence),
    },
    readFile: async path => {
      asked.push(path)
      const text = content.get(path)
      if (text === undefined) throw missing(path)
      return text
    },
    writeFile: async (path, text) => {
      asked.push(path)
      if (!content.has(path) || content.get(path) === 'refuses') throw missing(path)
      content.set(path, text.toString())
    },
  }
  const say = (level: number, facility = 0, text = 'something'): void => {
    const sequence = records.length
    records.push({ sequence, timeUs: 1, level, facility, caller: 'T1', text })
  }
  return { guards: new Guards(guest), content, asked, say }
}

void t.test('a kernel that has none of them needs nothing', async t => {
  const { guards, asked, say } = toy({})
  t.strictSame(await guards.rearm(), [])
  t.equal(guards.spent, undefined)
  asked.splice(0)
  say(4)
  t.strictSame(await guards.rearm(), [])
  t.strictSame(asked, [], 'what is not there is not asked for again')
})

void t.test('what can be armed again is', async t => {
  const { guards, content, say } = toy({ [NUM_ERRORS]: '0\n', [HUNG]: '10\n', [ONCE]: '' })
  t.strictSame(await guards.rearm(), [])
  t.equal(content.get(NUM_ERRORS), '20')
  t.equal(content.get(ONCE), '1')
  content.set(HUNG, '0\n').set(ONCE, '')
  say(3)
  t.strictSame(await guards.rearm(), [])
  t.equal(content.get(HUNG), '10')
  t.equal(content.get(ONCE), '1')
  t.equal(guards.spent, undefined)
})

const offs: readonly [name: string, path: string, armed: string, off: string][] = [
  ['lockdep', LOCKDEP, locks(1), locks(0)],
  ['kmemleak', KMEMLEAK, '', 'refuses'],
  ['debug-objects', OBJECTS, objects(0, 315), objects(1, 315)],
  ['debug-objects', OBJECTS, objects(0, 315), objects(0, 0)],
  ['DMA-API debugging', '/sys/kernel/debug/dma-api/disabled', 'N\n', 'Y\n'],
]
for (const [name, path, armed, off] of offs)
  void t.test(`${name} that is off spends the machine: ${JSON.stringify(off)}`, async t => {
    const { guards, content, say } = toy({ [path]: armed })
    t.strictSame(await guards.rearm(), [])
    content.set(path, off)
    say(4)
    t.strictSame(await guards.rearm(), [name])
    t.equal(guards.spent, `${name}: off`)
  })

void t.test('the guest is not asked while its kernel does not complain', async t => {
  const { guards, content, asked, say } = toy({ [LOCKDEP]: locks(1) })
  await guards.rearm()
  asked.splice(0)
  content.set(LOCKDEP, locks(0))
  say(6)
  say(3, 1)
  t.strictSame(await guards.rearm(), [])
  t.strictSame(asked, [], 'an information, and an error of a program')
  say(4)
  t.strictSame(await guards.rearm(), ['lockdep'])
  t.strictSame(await guards.rearm(), ['lockdep'], 'and remains so')
})

void t.test('one that says itself that it is off is believed', async t => {
  const { guards, content, say } = toy({ [KMEMLEAK]: '' })
  await guards.rearm()
  content.set(KMEMLEAK, 'refuses')
  say(6, 0, 'kmemleak: Kernel memory leak detector disabled')
  t.strictSame(await guards.rearm(), ['kmemleak'])
})

void t.test('what may be reported once only spends the machine', t => {
  const spentBy = (kind: string, ...trace: readonly TraceLine[]): string | undefined => {
    const { guards } = toy({})
    guards.note([{ kind, title: 'a title', trace }])
    return guards.spent
  }
  const kernels = { function: 'refcount_warn_saturate', offset: 9, size: 0x90 }
  const modules = { function: 'ring_get', offset: 9, size: 0x90, module: 'ring' }
  t.equal(spentBy('refcount', kernels, modules), undefined, 'clear_warn_once arms it')
  const note = { note: "the module's own printk:" }
  t.equal(spentBy('warning', note, modules, kernels), 'warning may report only once: a title')
  t.equal(spentBy('soft-lockup', modules), undefined, 'it is no WARN_ONCE()')
  for (const kind of ['kasan', 'ubsan', 'lockdep', 'sleeping-in-atomic', 'debug-objects'])
    t.equal(spentBy(kind), `${kind} may report only once: a title`)
  t.equal(spentBy('hung-task'), undefined, 'its count is read')
  for (const kind of ['kmemleak', 'outliving', 'page-owner'])
    t.equal(spentBy(kind), undefined, `${kind}: the guest is looked at anew`)
  t.end()
})

void t.test('what a known finding at the load left off is accepted, and nothing else', async t => {
  const known = (kind: string) => [{ kind, title: 'a title', text: '', trace: [] }]
  const lockdep = toy({ [LOCKDEP]: locks(0) })
  t.ok(lockdep.guards.areNew)
  t.strictSame(await lockdep.guards.rearm(known('lockdep')), [])
  t.notOk(lockdep.guards.areNew)
  t.strictSame(lockdep.guards.unguarded, ['lockdep'])
  lockdep.guards.note(known('lockdep'))
  t.equal(lockdep.guards.spent, undefined, 'a fresh machine would be as this one is')
  lockdep.say(4)
  t.strictSame(await lockdep.guards.rearm(), [])

  const kasan = toy({ [LOCKDEP]: locks(0), [OBJECTS]: objects(1, 315) })
  t.strictSame(await kasan.guards.rearm(known('kasan')), ['debug-objects'])
  t.strictSame(kasan.guards.unguarded, ['kasan', 'lockdep'])
  t.equal(kasan.guards.spent, 'debug-objects: off')

  const without = toy({})
  await without.guards.rearm(known('oops'))
  t.strictSame(without.guards.unguarded, ['oops'], 'no lockdep where there is none')
})

void t.test('a report has what it used up armed at once', async t => {
  const { guards, content } = toy({ [NUM_ERRORS]: '3\n', [HUNG]: '2\n', [ONCE]: '' })
  guards.armAfter({ kind: 'dma-api', title: 'a title' })
  t.equal(content.get(NUM_ERRORS), '20')
  t.equal(content.get(ONCE), '1')
  t.equal(content.get(HUNG), '2\n', 'it belongs to the test')
  guards.armAfter({ kind: 'kasan', title: 'a title' })
  content.set(NUM_ERRORS, 'refuses')
  guards.armAfter({ kind: 'dma-api', title: 'a title' })
  t.strictSame(await guards.rearm(), ['DMA-API errors'], 'where that fails, it is off')
})
