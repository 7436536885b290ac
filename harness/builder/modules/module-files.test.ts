import t from 'tap'
import { sourcesIn } from '../../project/module-sources.fixture.js'
import { madeUpPlan } from '../../record/made-up-plan.fixture.js'
import { sourcesOf } from './module-files.js'

void t.test('a module is built of its own files alone', async t => {
  const module = {
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
    'run.log': '',
    'package.json': '{}',
    '.git': { HEAD: '' },
    '.modprove': { runs: { 'ring.c': '' } },
    node_modules: { ssh2: { 'binding.c': '' } },
    tests: { 'ring.suite.ts': '', 'program.c': '', 'program.h': '' },
    nested: { node_modules: { 'a.c': '' }, 'b.c': '' },
  }
  const root = t.testdir({ module, 'beside.c': '' })
  t.strictSame(await sourcesOf(sourcesIn(root, { leftOut: ['module/tests'] })), [
    'module/Kbuild',
    'module/gen.sh',
    'module/include/ring.h',
    'module/nested/b.c',
    'module/ring.c',
  ])
})

void t.test('what is included is among them, each file once', async t => {
  const root = t.testdir({
    module: { 'ring.c': '', lib: { 'pool.c': '' } },
    common: { 'ring.h': '', tests: { 'a.c': '' } },
    'one.h': '',
    'other.h': '',
  })
  const include = ['common', 'one.h', 'module/lib', 'gone']
  t.strictSame(await sourcesOf(sourcesIn(root, { include, leftOut: ['common/tests'] })), [
    'common/ring.h',
    'module/lib/pool.c',
    'module/ring.c',
    'one.h',
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
      await sourcesOf(sourcesIn(base, { folders: [{ name, make: {} }] })),
      [`${name}/Kbuild`, `${name}/ring.c`, `${name}/shared/ring.h`],
      name,
    )
})

void t.test('what modprove wrote beside the sources is not of the module', async t => {
  const job = { id: '6.1.9-plain/a', kernel: '6.1', series: '6.1', release: '6.1.9' }
  const plan = JSON.stringify(madeUpPlan([{ ...job, flavour: 'plain', suite: 'a' }]))
  const record = () => ({ 'events.jsonl': '', 'run.json': '{}', sources: { 'ring.c': '' } })
  const root = t.testdir({
    'ring.c': '',
    Kbuild: '',
    'registers.json': '{"shards": 1}',
    'plan.json': plan,
    'night.json': plan.replace(/"version":"[^"]*"/, '"version":"0.0.1"'),
    merged: record(),
    results: { 'plan.json': plan, '.unfinished': {}, '0-20260102T030405Z-aaaaaa': record() },
    packed: { 'plan.json': plan, 'sums.json': '{}', 'columns.json': '{}', files: { a: '' } },
  })
  t.strictSame(await sourcesOf(sourcesIn(root, { folders: [{ name: '.', make: {} }] })), [
    'Kbuild',
    'registers.json',
    'ring.c',
  ])
})
