import t from 'tap'
import { packageRoot } from '../harness/platform/files/package-root.js'
import { readProject } from '../harness/project/project.js'
import { loadSuite } from '../harness/worker/load-suite.js'
import { allSuites } from '../harness/plan/suite-files.js'

/** Number of promises of a dma-buf exporter; at least one test's name has each, as `C13`. */
const PROMISES = 84

const project = await readProject(packageRoot)
const suites: { name: string; tests: readonly string[] }[] = []
for (const { name, file } of allSuites(project.suites)) {
  const { tests } = await loadSuite(project, file)
  suites.push({ name, tests: tests.map(test => test.name) })
}

/** The numbers at the start of a test's name: `C52 a signal …`. */
const numbersOf = (name: string): number[] =>
  [...(/^(?:C\d+ )+/.exec(name)?.[0].matchAll(/\d+/g) ?? [])].map(([digits]) => Number(digits))

t.test('every promise has a test of our own exporter that carries its number', async t => {
  const ours = suites.filter(({ name }) => !name.startsWith('conformance-'))
  const proved = new Set(ours.flatMap(({ tests }) => tests.flatMap(numbersOf)))
  const promises = Array.from({ length: PROMISES }, (_, index) => index + 1)
  t.strictSame(
    promises.filter(number => !proved.has(number)),
    [],
  )
})

t.test('no test carries a number that is no promise', async t => {
  for (const { name, tests } of suites) {
    const wrong = tests.filter(test => numbersOf(test).some(n => n < 1 || n > PROMISES))
    t.strictSame(wrong, [], name)
  }
})
