import { writeFileSync } from 'node:fs'
import t from 'tap'
import { LEAVE_NOTHING } from '../contract/test-names.js'
import { allSuites, selectSuites, tellsWhatIsLeft } from './suite-files.js'

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

t.test(
  'C files and scripts are suites where they say so, and so are tests of the kernel',
  async t => {
    const suites = t.testdir({
      'a.suite.c': '',
      'b.suite.sh': '',
      'c.suite.ts': '',
      'threads.c': '',
      'run.sh': '',
    })
    const kernelSuites = ['kselftest:drivers/net', 'kunit']
    const all = allSuites({ suites, kernelSuites })
    t.strictSame(
      all.map(({ name }) => name),
      ['a', 'b', 'basics', 'c', 'kselftest-drivers-net', 'kunit'],
    )
    const named = async (word: string) => (await selectSuites([word], all)).map(({ file }) => file)
    t.strictSame(await named('kselftest:drivers/net'), ['kselftest:drivers/net'])
    t.strictSame(await named('kselftest-drivers-net'), ['kselftest:drivers/net'])
    t.strictSame(await named('kselftest:sync'), ['kselftest:sync'], 'one that is not configured')
    await t.rejects(named('kseltest:sync'), {
      code: 'UNKNOWN_SUITE',
      remedy: `Did you mean "kselftest:sync"? Known suites: ${all.map(({ name }) => name).join(', ')}`,
    })
  },
)

t.test('two suites of one name are refused', t => {
  const suites = t.testdir({ 'a.suite.c': '', 'a.suite.ts': '' })
  t.throws(() => allSuites({ suites, kernelSuites: [] }), {
    code: 'SUITES_NAMED_ALIKE',
    exitCode: 2,
    message: /"a": .*a\.suite\.c and .*a\.suite\.ts$/,
  })
  t.end()
})

t.test('what modules leave is told by the basics alone, where their test of it runs', async t => {
  const [own] = allSuites({ suites: folder, kernelSuites: [] }).filter(
    ({ name }) => name === 'basics',
  )
  const files = [`${folder}/alpha.suite.ts`, own?.file ?? '']
  t.ok(tellsWhatIsLeft(files))
  t.ok(tellsWhatIsLeft(files, LEAVE_NOTHING))
  t.notOk(tellsWhatIsLeft(files, 'another test'))
  t.notOk(tellsWhatIsLeft([`${folder}/basics.suite.ts`]), "nor by a project's own")
})
