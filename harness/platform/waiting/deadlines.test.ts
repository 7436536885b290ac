import t from 'tap'
import {
  abortedAfter,
  startCountdown,
  hostSlowness,
  scaled,
  scaledHere,
  setHostSlowness,
} from './deadlines.js'

t.test('deadlines are whole milliseconds, however slow the host', async t => {
  const before = hostSlowness()
  t.teardown(() => setHostSlowness(before))
  for (const factor of [1, 8.1, 30.7, 91.99999]) {
    setHostSlowness(factor)
    for (const deadlineMs of [scaled(20_000, 'tcg'), scaled(1, 'kvm'), scaledHere(333)]) {
      t.ok(Number.isInteger(deadlineMs), `${factor}: ${deadlineMs}`)
      AbortSignal.timeout(deadlineMs)
    }
    t.ok(scaledHere(1000) >= (1000 * factor) / 4, 'and longer on a slow one')
  }
})

void t.test('a time that passes aborts, and so does a signal before it', async t => {
  // The timer is unref'd, and nothing else keeps this process alive.
  const alive = setInterval(() => undefined, 60_000)
  t.teardown(() => clearInterval(alive))
  const passed = abortedAfter(1)
  await new Promise(resolve => passed.addEventListener('abort', resolve))
  const stop = new AbortController()
  const early = abortedAfter(60_000, stop.signal)
  t.equal(early.aborted, false)
  stop.abort('enough')
  t.equal(early.reason, 'enough')
  t.equal(abortedAfter(60_000, AbortSignal.abort('before')).reason, 'before')
})

void t.test('what came while this process was stopped is read before its time is over', async t => {
  const outcome = await new Promise<string>(resolve => {
    const forget = startCountdown(700, () => resolve('late'))
    setTimeout(() => {
      // Read only after the due timers have run.
      setImmediate(() => {
        forget()
        resolve('in time')
      })
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1500)
    })
  })
  t.equal(outcome, 'in time')
  t.equal(await new Promise(resolve => startCountdown(1, () => resolve('late'))), 'late')
})
