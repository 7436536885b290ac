import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { affectedSuites, failuresFirst } from './affected.js'

void t.test('a change touches the suites that reach the file', async t => {
  const folder = t.testdir({
    'a.suite.ts': "import { x } from './lib/one.js'\nimport 'modprove'\nx.toFixed()\n",
    'tsconfig.json': '{"compilerOptions":{"paths":{"modprove":["./harness.ts"]}}}',
    'harness.ts': '',
    'b.suite.ts': "import './two.js'\n",
    'c.suite.ts': "const { y } = await import('./two.js')\n",
    'two.ts': "export * from './c.suite.js'\n",
    // As a scanner of the text would not see it; and none of this is an import.
    lib: {
      'one.ts':
        "import {\n  z, // from './two.js'\n} from /* the */ '../deep.js'\nexport const x = z\n",
    },
    'deep.ts': 'export const z = 1\n',
    'threads.c': '',
    'd.suite.sh': 'if true; then',
  })
  const suite = (name: string) => ({ name, file: join(folder, `${name}.suite.ts`) })
  const script = { name: 'd', file: join(folder, 'd.suite.sh') }
  const suites = [suite('a'), suite('b'), suite('c'), script, { name: 'k', file: 'kunit' }]
  const touched = async (...names: string[]) =>
    (await affectedSuites(new Set(names.map(name => join(folder, name))), suites))
      .map(({ name }) => name)
      .join('')
  t.equal(await touched('a.suite.ts'), 'a')
  t.equal(await touched('deep.ts'), 'a', 'through what it imports')
  t.equal(await touched('two.ts'), 'bc')
  t.equal(await touched('a.suite.ts', 'b.suite.ts'), 'ab')
  t.equal(await touched('lib/one.ts'), 'a')
  t.equal(await touched('d.suite.sh', 'a.suite.ts'), 'ad', 'a script imports nothing')
  t.equal(await touched('threads.c'), 'abcdk', 'a program is of all')
  t.equal(await touched('harness.ts'), 'abcdk', 'the harness is of all')
  t.equal(await touched('../module/driver.c', 'a.suite.ts'), 'abcdk')
  await writeFile(join(folder, 'b.suite.ts'), "import './gone.js'\n")
  t.equal(await touched('a.suite.ts'), 'abcdk', 'while one does not compile')
})

void t.test('failed suites come first', t => {
  const suites = ['a', 'b', 'c'].map(name => ({ name, file: name }))
  const order = failuresFirst(suites, new Set(['c', 'gone']))
  t.equal(order.map(({ name }) => name).join(''), 'cab')
  t.end()
})
