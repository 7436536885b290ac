import t from 'tap'
import { outlivingEntries, type Finding } from '../verdict/index.js'
import { LiveGuest } from './live-guest.js'
import type { Session } from './session.js'

const kernel = { series: '6.1', release: '6.1.9', flavour: 'plain' }
const message = 'suites/bad.c does not compile'
const guest = { exec: (command: readonly string[]) => Promise.resolve(command) }
const session = {
  guest,
  setup: { brokenPrograms: [{ name: 'bad', message, detail: 'suites/bad.c:1:2: error: no' }] },
} as unknown as Session

void t.test('a program that does not compile fails the test that uses it', async t => {
  const live = new LiveGuest(session, kernel, 0, { isKnown: () => false })
  const broken = { code: 'PROGRAM_DOES_NOT_COMPILE', exitCode: 1, message, detail: /error: no/ }
  await t.rejects(live.program('bad'), broken)
  await t.rejects(live.tap(t, 'bad'), broken)
  t.throws(() => live.programPath('bad'), broken)
  t.match(await live.program('good', ['-v']), ['/lib/modprove/bin/good', '-v'])
})

void t.test(
  'after the end of its test, a guest reports the first use and answers none',
  async t => {
    const live = new LiveGuest({ ...session, modules: {} } as Session, kernel, 0, {
      isKnown: () => false,
    })
    const told: Error[] = []
    t.ok(live.modules)
    live.end(use => told.push(use))
    const answers = [live.exec('true'), live.readFile('/x')]
    t.throws(() => live.modules, { code: 'TEST_ENDED' })
    t.match(told, [{ code: 'TEST_ENDED' }])
    t.equal(told.length, 1)
    t.equal(await Promise.race([...answers, new Promise(r => setImmediate(r, 'none'))]), 'none')
  },
)

void t.test('what modules left is named with its numbers, unless it is known', async t => {
  const paths = ['/proc/devices: 240 ring7', '/dev/known0']
  const outliving = async () => outlivingEntries(new Set(), new Set(paths), 1)
  const isKnown = ({ title }: Finding) => title.startsWith('/dev/knownN')
  const kernelOf = { kernel: { hasOopsed: true } }
  const live = new LiveGuest(
    { ...session, ...kernelOf, outliving } as unknown as Session,
    kernel,
    0,
    {
      isKnown,
    },
  )
  t.strictSame(await live.leftByModules(), ['/proc/devices: 240 ring7'])
})

void t.test('of a log that lost its beginning, the rest can be read from a position', async t => {
  const records = [5, 6, 7, 8, 9].map(sequence => ({ sequence, facility: sequence % 2 }))
  const log = {
    barrier: () => Promise.resolve(9),
    oldest: 5,
    last: 9,
    since: (after: number) => records.filter(({ sequence }) => sequence > after),
  }
  const live = new LiveGuest({ ...session, guest: { log } } as unknown as Session, kernel, 0, {
    isKnown: () => false,
  })
  await t.rejects(live.kernelLog(), { code: 'LOG_INCOMPLETE' })
  t.match(await live.kernelLog(6), [{ sequence: 8 }])
  t.strictSame(await live.kernelLog(await live.logPosition()), [])
  await t.rejects(live.kernelLog(3), { code: 'LOG_INCOMPLETE' })
})
