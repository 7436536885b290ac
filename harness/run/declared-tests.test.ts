import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { checkoutRoot } from '../paths.js'
import { declaredTests, suitesWith } from './declared-tests.js'

const suiteModule = pathToFileURL(join(checkoutRoot, 'harness/suite.ts')).href
const suite = (...names: readonly string[]): string => `
import { suite } from ${JSON.stringify(suiteModule)}
const test = suite('toy')
for (const name of ${JSON.stringify(names)}) test(name, () => {})
`
const never = new AbortController().signal
const suitesOf = (files: readonly string[]) => files.map(file => ({ name: `suite ${file}`, file }))

t.test(
  'suites tell their tests; one that does not load, or loops for ever, keeps none back',
  async t => {
    const folder = t.testdir({
      'good.suite.ts': suite('C1 opens', 'C2 closes'),
      'throws.suite.ts': "throw new Error('no')",
      'loops.suite.ts': 'for (;;);',
    })
    const files = ['good', 'throws', 'loops'].map(name => join(folder, `${name}.suite.ts`))
    process.env['MODPROVE_SILENCE_S'] = '3'
    t.teardown(() => delete process.env['MODPROVE_SILENCE_S'])
    const declared = await declaredTests(files, never)
    t.strictSame([...declared], [[files[0], ['C1 opens', 'C2 closes']]])
  },
)

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
  const some = new Map([['a', ['C1 opens', 'C2 closes']]])
  t.throws(() => suitesWith(suitesOf(['a']), 'C3', some), {
    code: 'NO_TESTS',
    exitCode: 2,
    message: /C3/,
    remedy: 'The tests there are:\n  C1 opens\n  C2 closes',
  })
  const many = new Map([['a', Array.from({ length: 40 }, (_, at) => `C${at}`)]])
  t.throws(() => suitesWith(suitesOf(['a']), 'no', many), {
    code: 'NO_TESTS',
    remedy: 'Suites, with how many tests each: suite a (40)',
  })
})
