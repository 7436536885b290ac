import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import t from 'tap'
import { toyTree } from './toy-tree.fixture.js'
import { installModuleTree } from './tree.js'

void t.test('a module tree has every header, including links', async t => {
  const base = await mkdtemp(join(tmpdir(), 'modprove-tree-'))
  t.teardown(() => rm(base, { recursive: true, force: true }))
  const source = await toyTree(join(base, 'source'), '6.1.9')
  for (const path of ['leds/common.h', 'input/input.h', '../uapi/linux/codes.h']) {
    const file = join(source, 'include/dt-bindings', path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, `${path}\n`)
  }
  // As include/dt-bindings/input/linux-event-codes.h is one.
  await symlink('../../uapi/linux/codes.h', join(source, 'include/dt-bindings/input/codes.h'))
  const output = join(base, 'output')
  await mkdir(output)
  execFileSync('make', ['-C', source, `O=${output}`, 'tinyconfig', 'vmlinux'])
  const tree = join(base, 'tree')
  await installModuleTree(source, output, tree, false, new AbortController().signal)
  const header = (path: string) => readFile(join(tree, 'include/dt-bindings', path), 'utf8')
  t.equal(await header('leds/common.h'), 'leds/common.h\n')
  t.equal(await header('input/codes.h'), '../uapi/linux/codes.h\n')
})
