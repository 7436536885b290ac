import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../platform/package-root.js'
import { firstFolder } from './module-sources.js'
import { projectOf, readProject } from './project.js'
import { scratchProject } from './scratch-project.js'

const folders = () => ({ module: { deep: {} }, suites: {} })
const config = { module: 'module', suites: 'suites' }
const text = JSON.stringify(config)

void t.test('a project is found from its folder and from all below, in each form', async t => {
  const forms: Readonly<Record<string, string>> = {
    'modprove.config.json': text,
    'modprove.config.js': `export default ${text}`,
    'modprove.config.ts': `import { defineConfig } from 'modprove'\nconst module: string = 'module'\nexport default defineConfig({ module, suites: 'suites' })`,
    'package.json': JSON.stringify({ name: 'ring', modprove: config }),
  }
  for (const [file, content] of Object.entries(forms)) {
    const root = t.testdir({ ...folders(), [file]: content })
    for (const from of [root, join(root, 'module/deep')]) {
      const { state, suites, module } = await readProject(from)
      t.strictSame(
        { state, suites, module: firstFolder(module) },
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
      /has 2 faults:[^]*suites should be a text, got 3[^]*"modul"\. Did you mean "module"/,
    ],
    [
      {
        'modprove.config.json':
          '{"module":3,"modules":[{"foldr":".","make":{"V-1":"2","M":"x","A":5},"prepare":""}],"parameters":{"a":{"b":[]}}}',
      },
      'CONFIGURATION',
      /has 8 faults:[^]*module should be a folder, or an object, got 3[^]*V-1"\] should be the name of a variable of make[^]*the key of modules\[0\]\.make\.M should be none of .*the harness's[^]*make\.A should be a line of text, got 5[^]*prepare should be a text[^]*modules\[0\] has no field "foldr"\. Did you mean "folder"[^]*parameters\.a\.b should be a text or a number[^]*modules should be left out where there is "module"/,
    ],
    [
      { 'modprove.config.json': '{"modules":[]}' },
      'CONFIGURATION',
      /modules should be a list of folders, got \[\]/,
    ],
    [
      { 'modprove.config.json': '{"modules":["a","b c"],"include":["d"]}', 'b c': {} },
      'CONFIGURATION',
      /modules\[0\] should be a folder: .*\/a does not exist; include should be what is there: .*\/d does not exist; make builds nothing in .*b c: /,
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
      /"modprove": the file should be an object/,
    ],
    [{ 'modprove.config.ts': 'export default {' }, 'CONFIGURATION', /config\.ts cannot be read/],
    [{ 'modprove.config.js': "throw new Error('ours')" }, 'CONFIGURATION', /cannot be read: ours/],
    [
      { 'modprove.config.js': 'export const a = 1' },
      'CONFIGURATION',
      /should be an object, got nothing/,
    ],
    [
      { 'modprove.config.json': text, suites: '' },
      'CONFIGURATION',
      /module should be a folder: .*\/module does not exist; suites should be a folder: .*is a file/,
    ],
  ]
  for (const [tree, code, message] of cases) {
    const root = t.testdir(tree as Parameters<typeof t.testdir>[0])
    await t.rejects(readProject(root), { code, exitCode: 2, message, remedy: /\S/ }, message.source)
  }
})

void t.test('where there is none, it is said what one looks like', async t => {
  const message = /Neither \/ nor a folder above it has a Kbuild file .* or a modprove.config.json/
  await t.rejects(readProject('/'), { code: 'NO_PROJECT', message, remedy: /"suites": "suites"/ })
})

void t.test('what lies in the modules’ folders and is none of them is left out', t => {
  const leftOut = (folder: string, suites: string) =>
    projectOf('/src/ring/modprove.config.json', { module: { folder }, suites }).module.leftOut
  t.strictSame(leftOut('module', 'suites'), ['module/kconfig', 'suites', '.modprove'])
  t.strictSame(leftOut('.', 'tests'), ['ring/kconfig', 'ring/tests', 'ring/.modprove'])
  const file = join(packageRoot, 'package.json')
  const here = projectOf(file, { module: { folder: '.' }, suites: 'suites' })
  const name = basename(packageRoot)
  t.strictSame(here.module.leftOut, [
    `${name}/kconfig`,
    name,
    ...['harness', 'images', 'suites', '.modprove'].map(folder => `${name}/${folder}`),
  ])
  t.end()
})

void t.test('files have names that a record can hold, wherever their folders lie', t => {
  const called = (...folders: readonly string[]) => {
    const modules = folders.map(folder => ({ folder }))
    const { module } = projectOf('/home/me/project/package.json', { modules, include: ['lib'] })
    return [module.root, ...module.folders.map(({ name }) => name), ...module.include]
  }
  t.strictSame(called('module'), ['/home/me/project', 'module', 'lib'])
  t.strictSame(called('../ring'), ['/home/me', 'ring', 'project/lib'], 'beside')
  t.strictSame(called('/home/me'), ['/home', 'me', 'me/project/lib'], 'above')
  t.strictSame(called('.'), ['/home/me', 'project', 'project/lib'], 'the project itself')
  t.strictSame(called('/src/ring'), ['/', 'src/ring', 'home/me/project/lib'], 'elsewhere')
  t.strictSame(called('a', 'b/c'), ['/home/me/project', 'a', 'b/c', 'lib'], 'several')
  t.strictSame(called('.', 'b'), ['/home/me', 'project', 'project/b', 'project/lib'])
  t.end()
})

void t.test('what is included may lie beside and above the modules', t => {
  const sources = (...include: readonly string[]) =>
    projectOf('/home/me/ring/package.json', { module: { folder: '.' }, include: [...include] })
      .module
  t.match(sources('../common', '../../x.h'), {
    root: '/home',
    folders: [{ name: 'me/ring' }],
    include: ['me/common', 'x.h'],
  })
  t.match(sources('.'), { root: '/home/me', include: ['ring'] }, 'the project itself')
  t.end()
})

void t.test('how a folder is built is said for each; a list of one is as good as one', async t => {
  const how = { folder: 'module', make: { VERSION: '1.2' }, prepare: './autogen.sh' }
  const parameters = { ring: { size: 4 } }
  for (const modules of [{ module: how }, { modules: [how] }]) {
    const root = t.testdir({
      ...folders(),
      'modprove.config.json': JSON.stringify({ ...modules, parameters }),
    })
    const project = await readProject(root)
    const { make, prepare } = how
    t.strictSame(project.module.folders, [{ name: 'module', make, prepare }])
    t.strictSame(project.parameters, parameters)
  }
})

void t.test('a copy of a project is built as it is', async t => {
  const config = {
    modules: ['../core', { folder: '.', make: { V: '1' }, prepare: 'true' }],
    include: ['../one.h'],
    parameters: { ring: { size: 4 } },
  }
  const root = t.testdir({
    core: { Kbuild: '' },
    'one.h': '',
    ring: { Makefile: '', 'modprove.config.json': JSON.stringify(config) },
  })
  const project = await readProject(join(root, 'ring'))
  await using scratch = await scratchProject(project)
  const copy = await readProject(scratch.path)
  const { folders, include } = project.module
  t.match(copy.module, { root: scratch.path, folders, include })
  t.strictSame(copy.parameters, project.parameters)
  t.ok(existsSync(join(scratch.path, 'one.h')))
})
