import t from 'tap'
import { verdictOfProblems } from '../verdict/index.js'
import { whyLost } from './lost-worker.js'
import type { WorkerEnd } from './worker-process.js'

const end = (more: Partial<WorkerEnd>): WorkerEnd => ({
  ...{ code: null, signal: null, stderr: '' },
  ...more,
})
const CASES = [
  ['blocked its worker', end({ signal: 'SIGKILL' }), 'silent', 'fail', false],
  ['ended its worker', end({ code: 4 }), undefined, 'fail', false],
  ['was on a worker that was stopped', end({ signal: 'SIGKILL' }), 'stopped', 'error', false],
  ['was on a worker that was killed', end({ signal: 'SIGKILL' }), undefined, 'error', true],
  ['was on a worker that did not start', end({}), undefined, 'error', true],
  ['was on a worker that failed', end({ code: 70 }), undefined, 'error', false],
] as const

for (const [what, workerEnd, givenUp, status, isOurs] of CASES)
  void t.test(`the verdict on a test that ${what}`, async t => {
    const lost = whyLost(workerEnd, givenUp, 1000)
    t.equal(verdictOfProblems([lost.problem]).status, status)
    t.equal(lost.isOurs, isOurs)
  })
