import t from 'tap'
import { DeadlinePassed, MachineGone, race } from './race.js'

const never = new Promise<never>(() => undefined)
const limits = { gone: never, limitMs: 60_000, signal: new AbortController().signal }

t.test('work that ends is its own result', async t => {
  t.equal(await race(Promise.resolve(7), limits), 7)
  await t.rejects(race(Promise.reject(new TypeError('its own')), limits), { message: 'its own' })
})

t.test('what overtakes the work is distinguished', async t => {
  await t.rejects(race(never, { ...limits, limitMs: 1 }), DeadlinePassed)
  await t.rejects(race(never, { ...limits, gone: Promise.resolve() }), MachineGone)
  const abort = new AbortController()
  const raced = race(never, { ...limits, signal: abort.signal })
  abort.abort(new Error('Ctrl+C'))
  await t.rejects(raced, { message: 'Ctrl+C' })
  await t.rejects(race(Promise.resolve(1), { ...limits, signal: abort.signal }), {
    message: 'Ctrl+C',
  })
})

t.test('work that fails after it lost the race troubles nobody', async t => {
  let fail: (error: Error) => void = () => undefined
  const work = new Promise<never>((_, reject) => (fail = reject))
  await t.rejects(race(work, { ...limits, gone: Promise.resolve() }), MachineGone)
  const unhandled: unknown[] = []
  const note = (error: unknown): number => unhandled.push(error)
  process.on('unhandledRejection', note)
  t.teardown(() => process.off('unhandledRejection', note))
  fail(new Error('too late'))
  await new Promise(resolve => setImmediate(resolve))
  t.strictSame(unhandled, [])
})

t.test('time in which the machine was stopped is given again', async t => {
  let end: (how: string) => void = () => undefined
  const work = new Promise<string>(resolve => (end = resolve))
  const readings = [0, 0, 60_000]
  const stoppedMs = (): number => {
    if (readings.length === 1) setImmediate(end, 'in time')
    return readings.shift() ?? 60_000
  }
  t.equal(await race(work, { ...limits, limitMs: 1, stoppedMs }), 'in time')
  let reading = 0
  const once = () => (reading++ < 2 ? 0 : 5)
  const late = race(never, { ...limits, limitMs: 1, stoppedMs: once })
  const message = 'did not end within 0.0 s, besides 0.0 s that its machine waited for a processor'
  await t.rejects(late, { name: 'DeadlinePassed', message }, 'and no more than that')
})
