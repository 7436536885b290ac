import t from 'tap'
import { isKernelSuite, meantOfKernel, namedSuite, suiteName } from './suite-names.js'

const nameOf = (word: string): string | undefined => {
  const named = namedSuite(word)
  return named && suiteName(named)
}

t.test('a suite is of the kind that its name says', t => {
  t.strictSame(namedSuite('/p/suites/ring.suite.ts'), { kind: 'typescript', rest: 'ring' })
  t.strictSame(namedSuite('/p/suites/ring.suite.c'), { kind: 'c', rest: 'ring' })
  t.strictSame(namedSuite('/p/suites/ring.suite.sh'), { kind: 'script', rest: 'ring' })
  t.strictSame(namedSuite('kselftest:drivers/net'), {
    kind: 'kselftest',
    rest: 'drivers/net',
  })
  t.strictSame(namedSuite('kunit'), { kind: 'kunit', rest: '' })
  t.strictSame(namedSuite('kunit:list*.*del*'), { kind: 'kunit', rest: 'list*.*del*' })
  for (const word of ['ring.c', 'ring.sh', 'suite.ts', 'kselftest:', 'kselftest:../x', '/p/kunit'])
    t.equal(namedSuite(word), undefined, word)
  t.notOk(isKernelSuite('suites'))
  t.end()
})

t.test('its name is a folder’s, too', t => {
  t.equal(nameOf('/p/suites/ring.suite.c'), 'ring')
  t.equal(nameOf('kselftest:drivers/net'), 'kselftest-drivers-net')
  t.equal(nameOf('kunit'), 'kunit')
  t.equal(nameOf('kunit:list*.*del*'), 'kunit-list.del')
  t.end()
})

t.test('what was meant as tests of the kernel’s is known by its kind', t => {
  for (const [word, meant] of [
    ['kunti', 'kunit'],
    ['Kunit:', 'kunit'],
    ['kunt:list*', 'kunit:list*'],
    ['kselftest', 'kselftest:TARGET'],
    ['kselftets:sync', 'kselftest:sync'],
    ['kselftest/drivers/net', 'kselftest:drivers/net'],
  ] as const)
    t.equal(meantOfKernel(word), `Did you mean "${meant}"? `)
  for (const word of ['suits', 'tests', 'units', '']) t.equal(meantOfKernel(word), '', word)
  t.end()
})
