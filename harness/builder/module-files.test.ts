import { relative } from 'node:path'
import t from 'tap'
import { moduleFolder, moduleName, moduleRoot, nameOf } from '../project/project.js'
import { apartWithin, sourcesOf } from './module-files.js'

void t.test('a module is built of its own files alone', async t => {
  const folder = t.testdir({
    Kbuild: 'obj-m := ring.o',
    'ring.c': '',
    include: { 'ring.h': '' },
    'gen.sh': '',
    'Notes.md': '',
    // Products of a build in the folder itself.
    ...{ 'ring.o': '', 'ring.ko': '', 'ring.mod': '', 'ring.mod.c': '', 'Module.symvers': '' },
    '.ring.o.cmd': '',
    // What lies in the folder, and is no part of the module.
    'ring.suite.ts': '',
    'package.json': '{}',
    '.git': { HEAD: '' },
    '.modprove': { runs: { 'ring.c': '' } },
    node_modules: { ssh2: { 'binding.c': '' } },
    tests: { 'ring.suite.ts': '', 'program.c': '', 'program.h': '' },
    nested: { node_modules: { 'a.c': '' }, 'b.c': '' },
  })
  t.strictSame(await sourcesOf(folder, ['tests']), [
    'Kbuild',
    'gen.sh',
    'include/ring.h',
    'nested/b.c',
    'ring.c',
  ])
})

void t.test('links are followed, once', async t => {
  const base = t.testdir({
    elsewhere: { 'ring.c': '', shared: { 'ring.h': '' } },
    module: {
      Kbuild: '',
      'ring.c': t.fixture('symlink', '../elsewhere/ring.c'),
      shared: t.fixture('symlink', '../elsewhere/shared'),
      itself: t.fixture('symlink', '.'),
      nowhere: t.fixture('symlink', 'no-such-file.c'),
    },
    linked: t.fixture('symlink', 'module'),
  })
  for (const name of ['module', 'linked'])
    t.strictSame(await sourcesOf(`${base}/${name}`), ['Kbuild', 'ring.c', 'shared/ring.h'], name)
})

void t.test('the harness and the suites are left out where they lie in the folder', t => {
  t.strictSame(apartWithin('/src/ring', '/src/modprove', '/src/modprove/suites'), [])
  t.strictSame(apartWithin('/src/ring', '/src/modprove', '/src/ring/tests'), ['tests'])
  t.match(apartWithin('/src', '/src/modprove', '/src/tests'), ['modprove', 'tests'])
  t.strictSame(apartWithin('/src', '/src', '/src/suites'), ['suites', 'harness', 'images'])
  t.end()
})

void t.test('what configures the kernel is no source of the module', async t => {
  const sources = await sourcesOf(moduleFolder)
  t.ok(sources.includes('Kbuild'))
  t.strictSame(
    sources.filter(path => path.startsWith('kconfig/')),
    [],
  )
})

void t.test('a module’s files have names that a record can hold, wherever its folder lies', t => {
  const called = (folder: string) => nameOf(folder, '/home/me/modprove')
  t.equal(called('/home/me/modprove/module'), 'module')
  t.equal(called('/home/me/modprove/drivers/my ring'), 'drivers/my_ring')
  t.equal(called('/home/me/ring'), 'ring', 'beside')
  t.equal(called('/home/me'), 'me', 'above')
  t.equal(called('/home/me/modprove'), 'modprove', 'the checkout itself')
  t.equal(called('/src/a=b'), 'a_b')
  t.equal(relative(moduleRoot, moduleFolder), moduleName)
  t.end()
})
