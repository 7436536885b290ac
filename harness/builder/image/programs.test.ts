import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
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

void t.test('a program has the sources, flags and folders that its header says', async t => {
  const own = await mkdtemp(join(folder, 'own-'))
  const write = (name: string, text: string) => writeFile(join(own, name), text)
  await mkdir(join(own, 'lib'))
  await mkdir(join(own, 'inc'))
  await write('lib/part.c', '#include "part.h"\nint part(void) { return PART; }\n')
  await write('beside.c', 'int beside(void) { return 2; }\n')
  await write('inc/part.h', '#define PART (FLAG + 1)\n')
  const header = '/* modprove: sources=lib/part.c,beside.c cflags="-DFLAG=0 -lm" include=inc */'
  const main = `#include <math.h>
int part(void), beside(void);
int main(int argc, char **argv) { return part() + beside() + sqrt(argc) - 4; }
`
  await write('whole.suite.c', `${header}\n${main}`)
  await write('gone.c', '/* modprove: sources=no.c */ int main(void) { return 0; }\n')
  await write('wrong.c', '/* modprove: source=no.c */ int main(void) { return 0; }\n')
  const config = { module: { folder: '.' }, suites: '.' }
  const project = projectOf(join(own, 'modprove.config.json'), config)
  const { built, broken } = await requirePrograms({ ...work, project })
  t.strictSame(
    built.map(({ name }) => name),
    ['whole.suite'],
    'a part is no program',
  )
  t.match(broken, [
    { name: 'gone', detail: 'its comment "modprove: …" names no.c, which does not exist' },
    { name: 'wrong', message: /source is unknown. Did you mean "sources"\?/ },
  ])
  await write('inc/part.h', '#define PART (FLAG + 2)\n')
  const { built: again } = await requirePrograms({ ...work, project })
  t.not(again[0]?.file, built[0]?.file, 'a header of its folders is part of it')
  await write('lib/part.c', 'int part(void) { return FLAG; }\n')
  const { built: third } = await requirePrograms({ ...work, project })
  t.not(third[0]?.file, again[0]?.file, 'so is another source')
})
