import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { sourcesIn } from '../../project/module-sources.fixture.js'
import { changesThatCount } from './changes-that-count.js'

const HERE = new URL('changes-that-count.js', import.meta.url).href

void t.test('products, logs and documents beside the sources do not count', t => {
  const root = '/src'
  const project = {
    module: sourcesIn(root, {
      folders: [{ name: '.', make: {} }],
      include: ['../lib', '../x.json'],
    }),
    suites: '/src/suites',
  }
  const counted = (...paths: string[]) =>
    [...changesThatCount(new Set(paths.map(path => join(root, path))), project)].map(path =>
      relative(root, path),
    )
  const sources = 'ring.c ring.h Kbuild Kconfig gen.sh table.txt new ../lib/pool.c ../x.json'
  const ofSuites = 'suites/a.suite.ts suites/run.log suites/a.md wire.ts tsconfig.json'
  const all = `${sources} ${ofSuites}`.split(' ')
  t.strictSame(counted(...all), all)
  const others = 'watch.log ring.o ring.ko ring.mod.c Module.symvers README.md old/a.patch'
  t.strictSame(counted(...others.split(' '), 'node_modules/x/a.ts', '../lib/run.log'), [])
  t.end()
})

void t.test('what this process writes itself does not count, wherever it goes', async t => {
  const root = t.testdir({ 'ring.c': '', 'out.txt': '' })
  const project = { module: sourcesIn(root, { folders: [{ name: '.', make: {} }] }), suites: '' }
  // A reader may have its file open a while later.
  const script = `import { changesThatCount } from ${JSON.stringify(HERE)}
    const all = new Set(['ring.c', 'out.txt'].map(name => ${JSON.stringify(`${root}/`)} + name))
    let [left, tries] = [[], 0]
    do left = [...changesThatCount(all, ${JSON.stringify(project)})]
    while (left.length > 1 && ++tries < 1000)
    console.log(left.join())`
  const run = 'cd "$2" && "$0" --import="$3" --input-type=module --eval "$1"'
  for (const to of ['> out.txt', '>> out.txt', '2>&1 | tee out.txt', '| cat | tee out.txt']) {
    const words = ['-c', `${run} ${to}`]
    const tsx = import.meta.resolve('tsx')
    await promisify(execFile)('sh', [...words, process.execPath, script, root, tsx])
    t.equal(
      readFileSync(join(root, 'out.txt'), 'utf8').trim().split('\n').at(-1),
      join(root, 'ring.c'),
      to,
    )
  }
})
