import t from 'tap'
import type { FindingReport } from '../contract/events.js'
import { FINDING_PREFIX, stoodStill } from './stood-still.js'

const finding = (kind: string): FindingReport => ({ kind }) as unknown as FindingReport
const said = (kind: string) => ({ message: `${FINDING_PREFIX}${kind}` })
const stall = [[said('rcu-stall')], [finding('rcu-stall')]] as const

void t.test('what watchdogs say of a machine that was stopped is of that', async t => {
  t.match(stoodStill({ sinceStillMs: 1500 }, ...stall), { message: /stopped until 2 s before/ })
  t.equal(stoodStill({ sinceStillMs: Infinity }, ...stall), undefined, 'it was not stopped')
  t.equal(stoodStill({ sinceStillMs: 61_000 }, ...stall), undefined, 'it was long ago')
  t.equal(stoodStill({ sinceStillMs: 1 }, [], []), undefined, 'nothing speaks against it')
})

void t.test('what else speaks against a test holds', async t => {
  const [problems, findings] = stall
  const still = { sinceStillMs: 1 }
  t.equal(stoodStill(still, [...problems, { message: 'not equal' }], findings), undefined)
  const worse = [...findings, finding('kasan')]
  t.equal(stoodStill(still, [...problems, said('kasan')], worse), undefined)
})
