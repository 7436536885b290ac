import { join, relative } from 'node:path'
import t, { type Test } from 'tap'
import { projectOf } from '../project/project.js'
import { loadSuite } from './load-suite.js'

/** Loads a suite file; @returns also its name in messages */
function loaded(t: Test, text: string, knownFlavours = ['plain', 'debug']) {
  const folder = t.testdir({ 'a.suite.ts': text })
  const config = { module: { folder: '.' }, suites: '.' }
  const file = join(folder, 'a.suite.ts')
  const suite = loadSuite(projectOf(join(folder, 'modprove.config.json'), config), file, {
    knownFlavours,
  })
  return { suite, name: relative(process.cwd(), file) }
}

t.test('a suite file declares its tests', async t => {
  const { suite } = loaded(t, "import { suite } from 'modprove'\nsuite('a')('one', () => {})\n")
  t.match(await suite, { title: 'a', tests: [{ name: 'one' }] })
})

t.test('a file without tests is named as the user knows it', async t => {
  const { suite, name } = loaded(t, 'export {}\n')
  await t.rejects(suite, { code: 'NOT_A_SUITE', message: `${name} declares no tests.` })
})

t.test('wrong options of a suite and its tests are told at once, each with its line', async t => {
  const text = `import { suite } from 'modprove'
const test = suite('a', { needs: { flavor: 'debug', passed: ['one'] }, parameter: { ring: {} }, modules: ['ring'] })
test('one', { timeout: 5, needs: { passed: ['two'] } }, () => {})
test('two', {
  needs: { flavours: ['debgu'], since: 'six', passed: ['one', 'three'] },
  modules: [{ name: 'ring', parameter: { size: 4 } }],
  timeoutMs: undefined,
}, () => {})
test('three', { needs: { flavours: ['plain', 'debug'] }, modules: [{ name: 'ring' }] }, () => {})
`
  const { suite, name } = loaded(t, text)
  await t.rejects(suite, {
    code: 'SUITE_OPTIONS',
    exitCode: 2,
    message: [
      `${name} has 10 mistakes:`,
      'line 2, the suite: needs.flavor is unknown. Did you mean "flavours"?',
      'line 2, the suite: needs.passed is unknown. Known: flavours, kconfig, since, until',
      `line 2, the suite: modules[0] should be an object such as { name: 'ring' }, with parameters: { … } where it takes some, got "ring"`,
      'line 2, the suite: parameter is unknown. Known: needs, modules, timeoutMs, invariants, taints',
      'line 3, "one": needs.passed[0] should be a test before it: there is none, got "two"',
      'line 3, "one": timeout is unknown. Did you mean "timeoutMs"?',
      'line 4, "two": needs.flavours[0] should be "plain" or "debug", got "debgu"',
      'line 4, "two": needs.since should be a kernel series such as 6.1, got "six"',
      'line 4, "two": needs.passed[1] should be a test before it: "one", got "three"',
      'line 4, "two": modules[0].parameter is unknown. Did you mean "parameters"?',
    ].join('\n  '),
    remedy: `Correct ${name}`,
  })
})

t.test('a wrong name is reported with the file, the nearest one, and what there is', async t => {
  const text = "import { suite, sweeep } from 'modprove'\nsuite('a')('one', () => sweeep())\n"
  const { suite, name } = loaded(t, text)
  await t.rejects(suite, {
    code: 'NO_SUCH_EXPORT',
    exitCode: 1,
    message: `${name}: 'modprove' exports no "sweeep"`,
    remedy:
      /^Did you mean "sweep"\? It exports .*\bsuite, sweep, .*withQuietConsole, and constants/,
  })
})

t.test('another wrong import, and another error of syntax, are left as they are', async t => {
  const other = loaded(t, "import { nosuch } from 'node:path'\nnosuch()\n")
  await t.rejects(other.suite, { name: 'SyntaxError', message: /node:path/ })
  const thrown = loaded(t, "throw new SyntaxError('ours')\n")
  await t.rejects(thrown.suite, { name: 'SyntaxError', message: 'ours' })
})
