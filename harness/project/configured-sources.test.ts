import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../platform/files/package-root.js'
import { projectOf, readProject } from './project.js'
import { scratchProject } from './scratch-project.js'

void t.test('what lies in the modules’ folders and is none of them is left out', t => {
  const leftOut = (folder: string, suites: string) =>
    projectOf('/src/ring/modprove.config.json', {
      module: { folder },
      suites,
      kconfig: ['CONFIG_A=y', 'module/a.config'],
      guest: { firmware: ['fw'] },
      run: { reports: { junit: 'out/junit.xml' } },
      slurm: { folder: 'shared' },
    }).module.leftOut
  const named = ['module/a.config', 'fw']
  const rest = ['.modprove', 'out/junit.xml', 'shared', 'modprove.config.json']
  t.strictSame(leftOut('module', 'suites'), [...named, 'suites', ...rest])
  t.strictSame(leftOut('.', 'tests'), [...named, 'tests', ...rest])
  const file = join(packageRoot, 'package.json')
  const here = projectOf(file, { module: { folder: '.' }, suites: 'suites' })
  t.strictSame(here.module.leftOut, ['.', 'harness', 'images', 'suites', '.modprove'])
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
  t.strictSame(called('/home/me'), ['/home/me', '.', 'project/lib'], 'above')
  t.strictSame(called('.'), ['/home/me/project', '.', 'lib'], 'the project itself')
  t.strictSame(called('/src/ring'), ['/', 'src/ring', 'home/me/project/lib'], 'elsewhere')
  t.strictSame(called('a', 'b/c'), ['/home/me/project', 'a', 'b/c', 'lib'], 'several')
  t.strictSame(called('.', 'b'), ['/home/me/project', '.', 'b', 'lib'])
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
  t.match(sources('.'), { root: '/home/me/ring', include: ['.'] }, 'the project itself')
  t.end()
})

void t.test('how a folder is built is said for each; a list of one is as good as one', async t => {
  const how = { folder: 'module', make: { VERSION: '1.2' }, prepare: './autogen.sh' }
  const parameters = { ring: { size: 4 } }
  for (const modules of [{ module: how }, { modules: [how] }]) {
    const root = t.testdir({
      module: {},
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
    kconfig: ['CONFIG_A=y', '../a.config'],
    machine: { memory: '1G', disks: ['64M'] },
    flavours: { debug: { kconfig: ['../a.config'], append: ['a=1'] } },
    guest: { packages: ['dmsetup'], files: { '/etc/a': '../a.config' }, firmware: ['fw'] },
  }
  const root = t.testdir({
    '.git': {},
    'a.config': 'CONFIG_B=y',
    core: { Kbuild: '' },
    'one.h': '',
    ring: {
      Makefile: '',
      fw: { 'a.bin': '' },
      '.modprove': { runs: {} },
      'modprove.config.json': JSON.stringify(config),
    },
  })
  const project = await readProject(join(root, 'ring'))
  await using scratch = await scratchProject(project)
  const copy = await readProject(scratch.path)
  const { folders, include } = project.module
  t.match(copy.module, { root: scratch.path, folders, include })
  t.strictSame(copy.parameters, project.parameters)
  t.strictSame(copy.machine, project.machine)
  const [line, file = ''] = copy.kconfig
  t.equal(line, 'CONFIG_A=y')
  t.equal(await readFile(join(scratch.path, file), 'utf8'), 'CONFIG_B=y')
  t.match(copy.flavours, { debug: { append: ['a=1'] } })
  t.match(copy.guest, { packages: ['dmsetup'], files: { '/etc/a': /a\.config$/ } })
  const [firmware = ''] = copy.guest.firmware ?? []
  t.ok(existsSync(join(scratch.path, firmware, 'a.bin')))
  t.ok(existsSync(join(scratch.path, 'one.h')))
  t.notOk(existsSync(join(scratch.path, 'ring/.modprove')), 'without its records')
})

void t.test('so is one whose module lies where it is configured', async t => {
  const root = t.testdir({
    Kbuild: '',
    tests: { 'ring.suite.ts': '', 'helper.c': '' },
    'package.json': '{"modprove":{"suites":"tests"}}',
  })
  await using scratch = await scratchProject(await readProject(root))
  const copy = await readProject(scratch.path)
  t.match(copy.module, { root: scratch.path, folders: [{ name: '.' }] })
  t.ok(existsSync(join(copy.suites, 'ring.suite.ts')))
  t.notOk(existsSync(join(scratch.path, 'tests')), 'its suites are no sources of the module')
})
