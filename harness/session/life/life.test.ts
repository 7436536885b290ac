import t from 'tap'
import { consoleLimitMs } from './life.js'

void t.test('a console has as long as some logins took, and at least a moment', t => {
  t.equal(consoleLimitMs(100), 3_000)
  t.equal(consoleLimitMs(2_000), 10_000, 'on a host on which all takes longer')
  t.end()
})
