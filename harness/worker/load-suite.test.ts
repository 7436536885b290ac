import { join, relative } from 'node:path'
import t, { type Test } from 'tap'
import { projectOf } from '../project/project.js'
import { loadSuite } from './load-suite.js'

/** Loads a suite file; @returns also its name in messages */
function loaded(t: Test, text: string) {
  const folder = t.testdir({ 'a.suite.ts': text })
  const config = { module: { folder: '.' }, suites: '.' }
  const file = join(folder, 'a.suite.ts')
  const suite = loadSuite(projectOf(join(folder, 'modprove.config.json'), config), file)
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
