import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { silent } from '../../platform/terminal/progress.js'
import { projectOf } from '../../project/project.js'
import { requirePrograms } from './programs.js'

const folder = await mkdtemp(join(tmpdir(), 'modprove-programs-'))
t.teardown(() => rm(folder, { recursive: true, force: true }))
process.env['MODPROVE_CACHE'] = join(folder, 'cache')
const project = projectOf(join(folder, 'modprove.config.json'), {
  module: { folder: '.' },
  suites: '.',
})
const { signal } = new AbortController()
const work = { project, signal, progress: silent }

void t.test('a program that does not compile is reported beside those that do', async t => {
  await writeFile(join(folder, 'good.c'), '#include "status.h"\nint main(void) { return S; }\n')
  await writeFile(join(folder, 'status.h'), '#define S 0\n')
  await writeFile(join(folder, 'bad.c'), 'int main(void) { return missing; }\n')
  const { built, broken } = await requirePrograms(work)
  t.match(built, [{ name: 'good', file: /\/good$/ }])
  t.equal(built.length, 1)
  t.match(broken, [
    { name: 'bad', message: /bad\.c does not compile$/, detail: /bad\.c:1:\d+: error: .missing./ },
  ])
  t.equal(broken.length, 1)

  t.strictSame((await requirePrograms(work)).built, built)
  await writeFile(join(folder, 'status.h'), '#define S 1\n')
  const { built: again } = await requirePrograms(work)
  t.not(again[0]?.file, built[0]?.file, 'a header is part of it')
})
