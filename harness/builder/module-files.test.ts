import t from 'tap'
import { sourcesOf } from './module-files.js'

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
  t.strictSame(await sourcesOf({ folder, leftOut: ['tests'] }), [
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
    t.strictSame(
      await sourcesOf({ folder: `${base}/${name}`, leftOut: [] }),
      ['Kbuild', 'ring.c', 'shared/ring.h'],
      name,
    )
})
