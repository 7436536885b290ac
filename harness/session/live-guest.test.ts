import t from 'tap'
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
  const live = new LiveGuest(session, kernel, 0)
  const broken = { code: 'PROGRAM_DOES_NOT_COMPILE', exitCode: 1, message, detail: /error: no/ }
  await t.rejects(live.program('bad'), broken)
  await t.rejects(live.tap(t, 'bad'), broken)
  t.throws(() => live.programPath('bad'), broken)
  t.match(await live.program('good', ['-v']), ['/lib/modprove/bin/good', '-v'])
})
