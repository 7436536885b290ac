import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { loadCatalogue } from '../../builder/index.js'
import { packageRoot } from '../../platform/files/package-root.js'
import { sourcesIn } from '../../project/module-sources.fixture.js'
import { readProject } from '../../project/project.js'
import { applyMutant } from './apply.js'
import { loadMutants, selectMutants } from './catalogue.js'
import type { Mutant } from './mutant.js'
import { loadSuites, planMutants } from './plan.js'

const { signal } = new AbortController()

const patch = (line: string): string => `Breaks: It adds nothing.
Precedent: None.
Catcher: ^R1
Flavour: plain
Suites: ring

--- a/ring.c
+++ b/ring.c
@@ -1,3 +1,3 @@
 int one;
-${line}
+int second;
 int three;
`

const ring = {
  module: {
    'ring.c': 'int one;\nint two;\nint three;\n',
    mutants: { '01-good.patch': patch('int two;'), '02-stale.patch': patch('int too;') },
  },
}

t.test(
  'a mutant is a copy of the module with the patch in it, even inside of a work tree',
  async t => {
    const root = t.testdir({ ...ring, common: { 'ring.h': '' } })
    const module = sourcesIn(root, { include: ['common'] })
    const [good] = await loadMutants(module)
    const copy = join(t.testdirName, 'deep', 'copy')
    const copied = await applyMutant(good as Mutant, module, copy, signal)
    t.strictSame(copied, { ...module, root: copy })
    const text = (root: string) => readFile(join(root, 'module/ring.c'), 'utf8')
    t.equal(await text(copy), 'int one;\nint second;\nint three;\n')
    t.equal(await text(root), 'int one;\nint two;\nint three;\n')
    t.equal(await readFile(join(copy, 'common/ring.h'), 'utf8'), '')
    await t.rejects(readFile(join(copy, 'module/mutants/01-good.patch')), { code: 'ENOENT' })
  },
)

t.test('a patch that does not apply is named with file and hunk', async t => {
  const module = sourcesIn(t.testdir(ring))
  const [, stale] = await loadMutants(module)
  await t.rejects(applyMutant(stale as Mutant, module, join(t.testdirName, 'c'), signal), {
    code: 'MUTANT_DOES_NOT_APPLY',
    exitCode: 3,
    message: '02-stale.patch does not apply: ring.c, hunk 1 (line 1)',
  })
  await writeFile(join(module.root, 'module/ring.c'), '')
  await t.rejects(applyMutant(stale as Mutant, module, join(t.testdirName, 'd'), signal), {
    message: /ring\.c/,
  })
})

t.test('mutants are chosen by name and by number, and an unknown one lists the known', async t => {
  const known = await loadMutants(sourcesIn(t.testdir(ring)))
  const names = (words: string[]): string[] => selectMutants(known, words).map(({ name }) => name)
  t.strictSame(names([]), ['01-good', '02-stale'])
  t.strictSame(names(['2', '01-good']), ['01-good', '02-stale'])
  t.throws(() => names(['03']), {
    code: 'UNKNOWN_MUTANT',
    remedy: 'Known mutants: 01-good, 02-stale',
  })
  await t.rejects(loadMutants(sourcesIn(`${t.testdirName}/gone`)), {
    code: 'NO_MUTANTS',
  })
})

t.test('every mutant of this module applies, and its catchers exist', async t => {
  const project = await readProject(packageRoot)
  const mutants = await loadMutants(project.module)
  const numbers = mutants.map(({ name }) => name.split('-')[0])
  t.equal(new Set(numbers).size, numbers.length, 'each number is there once')
  const copies = t.testdir({})
  for (const mutant of mutants) {
    await t.resolves(
      applyMutant(mutant, project.module, join(copies, mutant.name), signal),
      mutant.name,
    )
  }
  const declared = await loadSuites(project)
  for (const { name: series } of await loadCatalogue()) {
    await t.resolves(planMutants(mutants, { project, declared, series, all: false }), series)
  }
})
