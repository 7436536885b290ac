import { appendFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../../platform/files/package-root.js'
import { readProject } from '../../project/project.js'
import { KeptAnswers } from './answers.js'
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

const project = await readProject(packageRoot)

void t.test('a target names a suite, a promise or tests by name', async t => {
  t.match(await targetOf(project, 'ioctl'), { suite: { name: 'ioctl' }, grep: undefined })
  const { grep = '' } = await targetOf(project, 'ioctl:C8')
  t.match('C8 a second descriptor can be had after the first was closed', new RegExp(grep))
  t.notMatch('C80 something else', new RegExp(grep))
  t.match(await targetOf(project, 'ioctl:second'), { grep: 'second' })
  t.match(await targetOf(project, 'ioctl: C8'), { grep }, 'as reports print it')
  for (const [word, code, message] of [
    ['nosuch:C1', 'UNKNOWN_SUITE', /nosuch/],
    ['ioctl:C9999', 'NO_TESTS', /No test of suite ioctl matches C9999/],
    ['ioctl:(', 'BAD_GREP', /regular expression/],
    [':C8', 'BAD_TARGET', /does not name one suite/],
  ] as const) {
    await t.rejects(targetOf(project, word), { code, exitCode: 2, message })
  }
})
