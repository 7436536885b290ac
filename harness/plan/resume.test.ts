import t from 'tap'
import { noCounts, type RunEvent } from '../contract/events.js'
import { madeUpRun } from '../record/made-up-run.fixture.js'
import { requireResumable } from './resume.js'

const whole = madeUpRun({ '6.1 plain': { mmap: { it: 'pass' } } })
const cut = whole.slice(0, -1)
const same = async () => ({ module: 'm1', suites: 's1' })
const end: RunEvent = {
  type: 'run-end',
  at: '',
  durationMs: 1,
  counts: noCounts,
  exitCode: 0,
  interrupted: false,
}

t.test('a run that was cut off goes on with what it was asked for', async t => {
  t.match(await requireResumable(cut, same), { retries: 0, bail: false })
  const [start, ...rest] = cut
  const { request, ...other } = start as Extract<RunEvent, { type: 'run-start' }>
  if (request === undefined) throw new Error('the made-up run has no request')
  const bailing = { ...other, request: { ...request, bail: true } }
  t.match(await requireResumable([bailing, ...rest], same), { bail: true })
})

t.test('a run that ended has nothing left', async t => {
  await t.rejects(requireResumable([...whole, end], same), { code: 'NOTHING_TO_RESUME' })
})

t.test('a run of mutants does not go on', async t => {
  const [start, ...rest] = cut
  const { request, ...other } = start as Extract<RunEvent, { type: 'run-start' }>
  t.ok(request)
  await t.rejects(requireResumable([other, ...rest], same), { code: 'NOTHING_TO_RESUME' })
})

t.test('results of other sources are not put beside each other', async t => {
  const changed = async () => ({ module: 'm2', suites: 's1' })
  await t.rejects(requireResumable(cut, changed), {
    code: 'SOURCES_CHANGED',
    message: /module changed/,
  })
  const [start, ...rest] = cut
  const { content, ...other } = start as Extract<RunEvent, { type: 'run-start' }>
  const configured = [{ ...other, content: { ...content, setup: 'c1' } }, ...rest]
  const setup = (of: string) => async () => ({ ...(await same()), setup: of })
  t.match(await requireResumable(configured, setup('c1')), { retries: 0 })
  await t.rejects(requireResumable(configured, setup('c2')), { message: /configuration changed/ })
})
