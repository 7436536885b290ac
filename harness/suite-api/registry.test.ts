import t from 'tap'
import { suite, takeDeclaredSuite } from './registry.js'

t.afterEach(() => {
  takeDeclaredSuite()
})

t.test('a file declares one suite, and its tests in order', async t => {
  const test = suite('title', { timeoutMs: 5 })
  test('one', () => undefined)
  test('two', { needs: { since: '6.1' } }, () => undefined)
  t.match(takeDeclaredSuite(), {
    title: 'title',
    options: { timeoutMs: 5 },
    tests: [{ name: 'one' }, { name: 'two', options: { needs: { since: '6.1' } } }],
  })
  t.equal(takeDeclaredSuite(), undefined, 'it is handed over once')
})

t.test('a second suite in one file, and a second test of one name, are refused', async t => {
  const test = suite('first')
  t.throws(() => suite('second'), { code: 'SUITE_TWICE', exitCode: 2 })
  test('same', () => undefined)
  t.throws(() => test('same', () => undefined), { code: 'TEST_TWICE', exitCode: 2 })
})

t.test('a body that is not the last argument is refused, and options in its place', async t => {
  const test = suite('title') as (name: string, ...rest: readonly unknown[]) => void
  const told = { code: 'TEST_WITHOUT_BODY', exitCode: 2, remedy: /test\(name, options, body\)/ }
  t.throws(() => test('one'), told)
  t.throws(() => test('one', {}), told)
  t.throws(() => test('one', () => undefined, { timeoutMs: 5 }), told)
})
