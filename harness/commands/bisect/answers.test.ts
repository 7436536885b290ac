import { appendFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../../platform/package-root.js'
import { readProject } from '../../project/project.js'
import { KeptAnswers } from './answers.js'
import { failureError, harnessError } from '../../platform/errors.js'
import { seenOf, untested } from './ask.js'
import { targetOf } from './target.js'

void t.test('answers are kept for the next bisect, except lost ones', async t => {
  const file = join(t.testdir(), 'deep/answers.jsonl')
  const answers = new KeptAnswers(file)
  answers.keep('a', { answer: 'good', tries: ['pass'] })
  answers.keep('b', { answer: 'skip', tries: ['lost', 'lost'], reason: 'no machine' })
  answers.keep('c', { answer: 'skip', tries: ['skip'], reason: 'does not build' })
  await appendFile(file, '{"v":1,"key":"d","answer":"good"}\nnull\n{"v":1,"key":"cut')
  const later = new KeptAnswers(file)
  t.strictSame(later.get('a'), { answer: 'good', tries: ['pass'] })
  t.equal(later.get('b'), undefined)
  t.equal(later.get('d'), undefined, 'one that lacks its tries')
  t.match(later.get('c'), { answer: 'skip', reason: 'does not build' })
  t.equal((await readFile(file, 'utf8')).split('\n').length, 5)
})

const end = (test: string, status: 'pass' | 'fail' | 'skip' | 'error' | 'miss', message = '') => ({
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
  t.match(seenOf([end('C1 a', 'pass'), end('C1 b', 'miss')]), { end: 'lost' })
  t.match(seenOf([end('C1 a', 'pass'), end('C1 b', 'skip')]), { end: 'pass' })
  t.match(seenOf([end('C1 a', 'skip')]), { end: 'skip' })
  t.match(seenOf([]), { end: 'skip', reason: 'no test ran' })
  const worker = end('the suite file runs to its end', 'error', 'its worker died')
  t.match(seenOf([worker], '^C1'), { end: 'lost', reason: /worker died/ })
})

void t.test('a build failure is skipped, or bad if so requested', t => {
  const line = 'module/ring.c:1:2: error: no'
  const detail = `module/ring.c: In function ‘f’:\n${line}\nmodule/ring.c:2:2: error: more`
  for (const code of ['MODULE_DOES_NOT_COMPILE', 'NO_MODULE']) {
    const error = failureError(code, 'the module', { detail })
    t.strictSame(untested(error, 'skip'), { end: 'skip', reason: `the module: ${line}` })
    t.strictSame(untested(error, 'bad'), { end: 'fail', reason: `the module: ${line}` })
  }
  const kernel = harnessError('KERNEL_DOES_NOT_BUILD', 'the kernel')
  t.strictSame(untested(kernel, 'bad'), { end: 'skip', reason: 'the kernel' }, 'not the module’s')
  t.equal(untested(harnessError('DISK_FULL', 'no space'), 'bad'), undefined)
  t.equal(untested(new Error('ours'), 'bad'), undefined)
  t.end()
})

const project = await readProject(packageRoot)

void t.test('a target names a suite, a promise or tests by name', async t => {
  t.match(await targetOf(project, 'ioctl'), { suite: { name: 'ioctl' }, grep: undefined })
  const { grep = '' } = await targetOf(project, 'ioctl:C8')
  t.match('C8 a second descriptor can be had after the first was closed', new RegExp(grep))
  t.notMatch('C80 something else', new RegExp(grep))
  t.match(await targetOf(project, 'ioctl:second'), { grep: 'second' })
  for (const [word, code, message] of [
    ['nosuch:C1', 'UNKNOWN_SUITE', /nosuch/],
    ['ioctl:C9999', 'NO_TESTS', /No test of suite ioctl matches C9999/],
    ['ioctl:(', 'BAD_GREP', /regular expression/],
    [':C8', 'BAD_TARGET', /does not name one suite/],
  ] as const) {
    await t.rejects(targetOf(project, word), { code, exitCode: 2, message })
  }
})
