import t from 'tap'
import { abortedAfter, hostSlowness, scaled, scaledHere, slowHost } from './deadlines.js'

t.test('deadlines are whole milliseconds, however slow the host', async t => {
  const before = hostSlowness()
  t.teardown(() => slowHost(before))
  for (const factor of [1, 8.1, 30.7, 91.99999]) {
    slowHost(factor)
    for (const deadlineMs of [scaled(20_000, 'tcg'), scaled(1, 'kvm'), scaledHere(333)]) {
      t.ok(Number.isInteger(deadlineMs), `${factor}: ${deadlineMs}`)
      AbortSignal.timeout(deadlineMs)
    }
  }
})

void t.test('a time that passes aborts, and so does a signal before it', async t => {
  // The timer keeps no process from its end, and this one has nothing else to wait for.
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
