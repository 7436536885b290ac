import t from 'tap'
import { hostSlowness, scaled, scaledHere, slowHost } from './deadlines.js'

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
