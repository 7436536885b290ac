import t from 'tap'
import { failureError, harnessError } from '../../platform/errors.js'
import { seenOf, untested } from './what-was-seen.js'

const end = (
  test: string,
  status: 'pass' | 'fail' | 'xfail' | 'skip' | 'error' | 'miss',
  message = '',
) => ({
  type: 'test-end' as const,
  job: 'j',
  test,
  status,
  attempt: 1,
  durationMs: 1,
  problems: message === '' ? [] : [{ kind: 'assertion' as const, message }],
  findings: [],
})

void t.test('a job’s results are combined into one answer', async t => {
  const leak = end('after the last test', 'fail', 'a leak')
  t.match(seenOf([end('C1 a', 'pass'), leak], '^C1'), { end: 'pass' })
  t.match(seenOf([end('C1 a', 'pass'), leak]), { end: 'fail', reason: /a leak/ })
  t.match(seenOf([end('C1 a', 'pass'), end('C1 b', 'fail', 'no')]), {
    end: 'fail',
    reason: 'C1 b: no',
  })
  t.match(seenOf([end('C1 a', 'error'), end('C1 b', 'fail')]), { end: 'fail' })
  t.match(seenOf([end('C1 a', 'pass'), end('C1 b', 'xfail')]), { end: 'fail' })
  const problems = [{ kind: 'unexpected-pass' as const, message: 'it passed' }]
  t.match(seenOf([{ ...end('C1 a', 'fail'), problems }]), { end: 'pass' })
  t.match(seenOf([end('C1 a', 'pass'), end('C1 b', 'miss')]), { end: 'lost' })
  t.match(seenOf([end('C1 a', 'pass'), end('C1 b', 'skip')]), { end: 'pass' })
  t.match(seenOf([end('C1 a', 'skip')]), { end: 'skip' })
  t.match(seenOf([]), { end: 'skip', reason: 'no test ran' })
  const worker = end('the suite file runs to its end', 'error', 'its worker died')
  t.match(seenOf([worker], '^C1'), { end: 'lost', reason: /worker died/ })
})

void t.test('a build failure is skipped, or bad if so requested', t => {
  const firstError = 'module/ring.c:1:2: error: no'
  for (const code of ['MODULE_DOES_NOT_COMPILE', 'NO_MODULE']) {
    const error = failureError(code, 'the module', { firstError })
    t.strictSame(untested(error, 'skip'), { end: 'skip', reason: `the module: ${firstError}` })
    t.strictSame(untested(error, 'bad'), { end: 'fail', reason: `the module: ${firstError}` })
  }
  const kernel = harnessError('KERNEL_DOES_NOT_BUILD', 'the kernel')
  t.strictSame(untested(kernel, 'bad'), { end: 'skip', reason: 'the kernel' }, 'not the module’s')
  t.equal(untested(harnessError('DISK_FULL', 'no space'), 'bad'), undefined)
  t.equal(untested(new Error('ours'), 'bad'), undefined)
  t.end()
})
