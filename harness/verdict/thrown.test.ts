import t from 'tap'
import { failureError, harnessError, usageError } from '../platform/errors.js'
import { problemAfter, problemOf } from './index.js'

t.test('an error of modprove is a problem with its code, place and remedy', t => {
  const at = { file: 'module/ring.c', line: 12 }
  const firstError = 'module/ring.c:12:3: error: no'
  const details = { detail: 'evidence', remedy: 'Add ring.h', firstError, at }
  t.strictSame(problemOf(failureError('BUILD', 'it does not compile', details), 'build'), {
    kind: 'build',
    message: 'it does not compile',
    code: 'BUILD',
    detail: 'evidence\nAdd ring.h',
    firstError,
    at,
  })
  t.notOk('detail' in problemOf(harnessError('X', 'bare')), 'without evidence there is no detail')
  t.end()
})

t.test('wrong use is a problem of that kind, unless it is said otherwise', t => {
  const wrong = usageError('SUITE_OPTIONS', 'guest.exec() takes a command')
  t.equal(problemOf(wrong).kind, 'wrong-use')
  t.equal(problemOf(wrong, 'late').kind, 'late')
  t.equal(problemOf(failureError('BUILD', 'no')).kind, 'thrown')
  t.end()
})

t.test('another error is a problem with its class and the line of the suite', async t => {
  const folder = t.testdir({ 'throws.mjs': '\nexport const lost = () => new TypeError("lost")' })
  const { lost } = (await import(`${folder}/throws.mjs`)) as { lost: () => Error }
  const at = { file: /throws\.mjs$/, line: 2 }
  t.match(problemOf(lost()), { kind: 'thrown', message: 'TypeError: lost', at })
})

t.test('what is no error is shown as it was thrown', t => {
  t.strictSame(problemOf('lost', 'stray'), { kind: 'stray', message: 'threw lost' })
  t.end()
})

t.test('of an error and the failure to dispose after it, the error is the problem', t => {
  const both = Object.assign(new Error('An error was suppressed during disposal'), {
    name: 'SuppressedError',
    suppressed: new Error('lost'),
  })
  t.match(problemOf(both), { message: 'Error: lost' })
  t.end()
})

t.test('an error after its test had ended is late, and names the test', t => {
  const { kind, message, detail } = problemAfter('ring', harnessError('X', 'it is gone'))
  t.strictSame({ kind, message }, { kind: 'late', message: '"ring" had ended: it is gone' })
  t.equal(detail, 'Was an await forgotten, or t.end() called early?')
  const own = problemAfter('ring', harnessError('X', 'it is gone', { detail: 'evidence' }))
  t.equal(own.detail, 'evidence', 'its own evidence says more')
  t.end()
})
