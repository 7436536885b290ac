import t from 'tap'
import { madeUpReplay } from '../record/made-up-run.fixture.js'
import { replayRequest } from './replay-request.js'

const accel = 'tcg'

t.test('a replay runs as its run did, unless it is told otherwise', t => {
  const replay = madeUpReplay({ test: 'C7 (twice)', cold: true, retries: 2, timeoutMs: 5000 })
  const request = replayRequest(replay, { accel })
  t.match(request, { kernels: ['6.1.1'], suites: ['mmap'], cold: true, replayOf: replay.run })
  t.equal(request.grep, '^C7 \\(twice\\)$')
  t.match(request, { retries: 2, timeoutMs: 5000 })
  const other = replayRequest(replay, { accel, retries: 0, timeout: 60, whole: true, keep: true })
  t.match(other, { retries: 0, timeoutMs: 60_000, keep: true, grep: undefined })
  t.end()
})

t.test('of a run without them it has none, and a kernel of its own is named as then', t => {
  const request = replayRequest(madeUpReplay({ kernel: 'path:/src/linux' }), { accel })
  t.strictSame(request.kernels, ['path:/src/linux'])
  t.notOk('timeoutMs' in request || 'retries' in request)
  t.end()
})
