import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { readProject } from '../project/project.js'
import { contentNow } from './provenance.js'

t.test('each part of what a run uses has a key of its own', async t => {
  const root = t.testdir({
    Kbuild: 'obj-m := ring.o\n',
    'ring.c': 'int ring;\n',
    suites: { 'a.suite.sh': '#!/bin/sh\n' },
    etc: { deep: { 'ring.conf': 'a' } },
    'net.config': 'CONFIG_A=y\n',
  })
  const configure = async (own: object) =>
    writeFile(
      join(root, 'modprove.config.json'),
      JSON.stringify({ kconfig: ['net.config'], guest: { files: { '/etc': 'etc' } }, ...own }),
    )
  const now = async () => contentNow(await readProject(root))
  await configure({})
  let before = await now()
  t.strictSame(await now(), before)
  const changed = async (): Promise<string[]> => {
    const then = before
    before = await now()
    return (['module', 'suites', 'setup'] as const).filter(part => before[part] !== then[part])
  }
  await writeFile(join(root, 'ring.c'), 'long ring;\n')
  t.strictSame(await changed(), ['module'])
  await writeFile(join(root, 'suites/a.suite.sh'), '#!/bin/sh -e\n')
  t.strictSame(await changed(), ['suites'])
  for (const file of ['net.config', 'etc/deep/ring.conf']) {
    await writeFile(join(root, file), 'CONFIG_B=y\n')
    t.strictSame(await changed(), ['setup'], file)
  }
  for (const own of [
    { machine: { cpus: 1 } },
    { machine: { cpus: 1 }, kconfig: ['net.config', 'CONFIG_C=y'] },
  ]) {
    await configure(own)
    t.strictSame(await changed(), ['setup'], JSON.stringify(own))
  }
})
