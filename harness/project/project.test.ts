import { join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../platform/package-root.js'
import { projectOf, readProject } from './project.js'

const folders = () => ({ module: { deep: {} }, suites: {} })
const config = { module: 'module', suites: 'suites' }
const text = JSON.stringify(config)

void t.test('a project is found from its folder and from all below, in each form', async t => {
  const forms: Readonly<Record<string, string>> = {
    'modprove.config.json': text,
    'modprove.config.js': `export default ${text}`,
    'modprove.config.ts': `const module: string = 'module'\nexport default { module, suites: 'suites' }`,
    'package.json': JSON.stringify({ name: 'ring', modprove: config }),
  }
  for (const [file, content] of Object.entries(forms)) {
    const root = t.testdir({ ...folders(), [file]: content })
    for (const from of [root, join(root, 'module/deep')]) {
      const { state, suites, module } = await readProject(from)
      t.strictSame(
        { state, suites, module: module.folder },
        {
          state: join(root, '.modprove'),
          suites: join(root, 'suites'),
          module: join(root, 'module'),
        },
        file,
      )
    }
  }
})

void t.test(
  'the nearest one counts, and a package.json that says nothing is passed by',
  async t => {
    const root = t.testdir({
      ...folders(),
      'modprove.config.json': text,
      inner: {
        ...folders(),
        'modprove.config.json': text,
        lib: { 'package.json': '{"name":"lib"}' },
      },
      broken: { 'package.json': '{' },
    })
    t.equal((await readProject(join(root, 'inner/lib'))).root, join(root, 'inner'))
    t.equal((await readProject(join(root, 'broken'))).root, root)
  },
)

void t.test(
  'its name is what it says, else that of package.json beside it, else its folder’s',
  async t => {
    const named = async (tree: object) => {
      const root = t.testdir({ ring: { ...folders(), ...tree } })
      return (await readProject(join(root, 'ring'))).name
    }
    const said = JSON.stringify({ ...config, name: 'said' })
    t.equal(await named({ 'modprove.config.json': said, 'package.json': '{"name":"p"}' }), 'said')
    t.equal(await named({ 'modprove.config.json': text, 'package.json': '{"name":"p"}' }), 'p')
    t.equal(await named({ 'modprove.config.json': text }), 'ring')
  },
)

void t.test('what is wrong is told at once, with the file and the remedy', async t => {
  const cases: readonly (readonly [object, string, RegExp])[] = [
    [
      { 'modprove.config.json': '{"modul":"module","suites":3}' },
      'CONFIGURATION',
      /has 3 mistakes:\n  module is missing: it should be a path\n  suites should be a path, got 3\n  modul is unknown. Did you mean "module"\?$/,
    ],
    [{ 'modprove.config.json': '{' }, 'CONFIGURATION', /config\.json: it is not JSON/],
    [
      { 'modprove.config.json': text, 'modprove.config.ts': '' },
      'CONFIGURATION',
      /described twice/,
    ],
    [
      { 'package.json': '{"modprove":7}' },
      'CONFIGURATION',
      /"modprove": it should be an object, got 7/,
    ],
    [{ 'modprove.config.ts': 'export default {' }, 'CONFIGURATION', /config\.ts cannot be read/],
    [{ 'modprove.config.js': "throw new Error('ours')" }, 'CONFIGURATION', /cannot be read: ours/],
    [
      { 'modprove.config.js': 'export const a = 1' },
      'CONFIGURATION',
      /config\.js cannot be read: it has no default export/,
    ],
    [
      { 'modprove.config.json': text, suites: '' },
      'CONFIGURATION',
      /has 2 mistakes:\n  module should be a folder: .*\/module does not exist\n  suites should be a folder: .*is a file$/,
    ],
  ]
  for (const [tree, code, message] of cases) {
    const root = t.testdir(tree as Parameters<typeof t.testdir>[0])
    await t.rejects(readProject(root), { code, exitCode: 2, message, remedy: /\S/ }, message.source)
  }
})

void t.test('where there is none, it is said what one looks like', async t => {
  const message = 'Neither / nor a folder above it has a modprove.config.json'
  await t.rejects(readProject('/'), { code: 'NO_PROJECT', message, remedy: /"suites": "suites"/ })
})

void t.test('what lies in the module’s folder and is none of it is left out', t => {
  const leftOut = (module: string, suites: string) =>
    projectOf('/src/ring/modprove.config.json', { module, suites }).module.leftOut
  t.strictSame(leftOut('module', 'suites'), ['kconfig'])
  t.strictSame(leftOut('.', 'tests'), ['kconfig', 'tests', '.modprove'])
  const here = projectOf(join(packageRoot, 'package.json'), { module: '.', suites: 'suites' })
  t.strictSame(here.module.leftOut, ['kconfig', 'harness', 'images', 'suites', '.modprove'])
  t.end()
})

void t.test('a module’s files have names that a record can hold, wherever its folder lies', t => {
  const called = (module: string) =>
    projectOf('/home/me/project/package.json', { module, suites: 's' }).module.name
  t.equal(called('module'), 'module')
  t.equal(called('drivers/my ring'), 'drivers/my_ring')
  t.equal(called('../ring'), 'ring', 'beside')
  t.equal(called('/home/me'), 'me', 'above')
  t.equal(called('.'), 'project', 'the project itself')
  t.equal(called('/src/a=b'), 'a_b')
  t.end()
})
