import { join } from 'node:path'
import t from 'tap'
import { projectOf } from '../project/project.js'
import { declaredTests, suitesWith } from './declared-tests.js'

const suite = (...names: readonly string[]): string => `
import { suite } from 'modprove'
const test = suite('toy')
for (const name of ${JSON.stringify(names)}) test(name, () => {})
`
const projectIn = (folder: string) =>
  projectOf(join(folder, 'modprove.config.json'), { module: { folder: '.' }, suites: '.' })
const never = new AbortController().signal
const suitesOf = (files: readonly string[]) => files.map(file => ({ name: `suite ${file}`, file }))

t.test('suites tell their tests; one that does not load keeps none back', async t => {
  const folder = t.testdir({
    'throws.suite.ts': "throw new Error('no')",
    'good.suite.ts': suite('C1 opens', 'C2 closes'),
  })
  const files = ['throws', 'good'].map(name => join(folder, `${name}.suite.ts`))
  t.strictSame(
    [...(await declaredTests(projectIn(folder), files, never))],
    [[files[1], ['C1 opens', 'C2 closes']]],
  )
})

t.test('a suite that loops for ever at its import ends with its worker', async t => {
  const folder = t.testdir({ 'loops.suite.ts': 'for (;;);' })
  process.env['MODPROVE_SILENCE_S'] = '1'
  t.teardown(() => delete process.env['MODPROVE_SILENCE_S'])
  t.equal((await declaredTests(projectIn(folder), [join(folder, 'loops.suite.ts')], never)).size, 0)
})

t.test('only suites with such a test are run, and those of which nothing is known', async t => {
  const suites = suitesOf(['a', 'b', 'c'])
  const declared = new Map([
    ['a', ['C1 opens']],
    ['b', ['C2 closes']],
  ])
  t.strictSame(
    suitesWith(suites, '^C2', declared).map(({ file }) => file),
    ['b', 'c'],
  )
})

t.test('a name that no test has is wrong use, and the tests there are are named', async t => {
  const some = new Map([
    ['a', ['C1 opens', 'C2 closes']],
    ['b', ['C1 opens']],
  ])
  t.throws(() => suitesWith(suitesOf(['a', 'b']), 'C3', some), {
    code: 'NO_TESTS',
    exitCode: 2,
    message: /C3/,
    remedy: /^Available tests:\n {2}C1 opens\n {2}C2 closes$/,
  })
  const many = new Map([['a', Array.from({ length: 40 }, (_, at) => `C${at}`)]])
  t.throws(() => suitesWith(suitesOf(['a']), 'no', many), {
    code: 'NO_TESTS',
    remedy: 'Suites, with their numbers of tests: suite a (40)',
  })
})
