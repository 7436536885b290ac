import { writeFileSync } from 'node:fs'
import t from 'tap'
import { selectSuites } from './suite-files.js'

const folder = t.testdir({ 'alpha.suite.ts': '', 'beta.suite.ts': '', 'helper.ts': '' })
const known = ['alpha', 'beta'].map(name => ({ name, file: `${folder}/${name}.suite.ts` }))
const names = async (...words: string[]): Promise<string[]> =>
  (await selectSuites(words, known, folder)).map(suite => suite.name)

t.test('nothing named means every suite', async t => {
  t.strictSame(await names(), ['alpha', 'beta'])
})

t.test('a suite is named by name, file or glob, and comes once', async t => {
  t.strictSame(await names('beta'), ['beta'])
  t.strictSame(await names('alpha.suite.ts'), ['alpha'])
  t.strictSame(await names('*.suite.ts'), ['alpha', 'beta'])
  t.strictSame(await names('beta', '*a.suite.ts'), ['beta', 'alpha'])
})

t.test('a file that is no suite, and a name that is none, list the known ones', async t => {
  for (const word of ['helper.ts', 'gamma', 'no/*.suite.ts']) {
    await t.rejects(names(word), {
      code: 'UNKNOWN_SUITE',
      exitCode: 2,
      remedy: 'Known suites: alpha, beta',
    })
  }
})

t.test('neither nothing nor a folder names a suite', async t => {
  for (const word of ['', '.', folder]) await t.rejects(names(word), { code: 'UNKNOWN_SUITE' })
})

t.test('a suite outside the project is taken by its file', async t => {
  const elsewhere = t.testdir()
  writeFileSync(`${elsewhere}/gamma.suite.ts`, '')
  t.strictSame(await names(`${elsewhere}/gamma.suite.ts`), ['gamma'])
})
