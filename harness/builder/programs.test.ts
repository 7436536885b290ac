import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { silent } from '../platform/progress.js'
import { projectOf } from '../project/project.js'
import { requirePrograms } from './programs.js'

void t.test('a program that does not compile is reported beside those that do', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'modprove-programs-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  process.env['MODPROVE_CACHE'] = join(folder, 'cache')
  await writeFile(join(folder, 'good.c'), 'int main(void) { return 0; }\n')
  await writeFile(join(folder, 'bad.c'), 'int main(void) { return missing; }\n')
  const file = join(folder, 'modprove.config.json')
  const project = projectOf(file, { module: { folder: '.' }, suites: '.' })
  const { signal } = new AbortController()
  const { built, broken } = await requirePrograms({ project, signal, progress: silent })
  t.match(built, [{ name: 'good', file: /\/good$/ }])
  t.equal(built.length, 1)
  t.match(broken, [
    { name: 'bad', message: /bad\.c does not compile$/, detail: /bad\.c:1:\d+: error: .missing./ },
  ])
  t.equal(broken.length, 1)
})
