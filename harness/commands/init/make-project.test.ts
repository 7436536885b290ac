import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { parse } from 'yaml'
import { privateFolder } from '../../platform/files/private-folder.js'
import { readProject } from '../../project/project.js'
import { makeProject } from './make-project.js'

const HELLO = { Kbuild: 'obj-m := hello.o\n', 'hello.c': '' }

/** Makes a project of a folder with these files. @returns what was done, and a reader of files */
async function made(
  t: Test,
  files: Readonly<Record<string, string>>,
  { below = '', workflow = true } = {},
) {
  const folder = await privateFolder()
  t.teardown(() => folder[Symbol.asyncDispose]())
  const root = join(folder.path, below)
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true })
    await writeFile(join(root, name), text)
  }
  const done: string[] = []
  for await (const [what, file] of makeProject(root, { workflow })) done.push(`${what} ${file}`)
  return { root, done, read: (name: string) => readFile(join(root, name), 'utf8') }
}

void t.test('a folder with a Kbuild file gets a configuration, a suite and a workflow', async t => {
  const { root, done, read } = await made(t, HELLO)
  t.strictSame(done, [
    'wrote modprove.config.ts',
    'wrote suites/hello.suite.ts',
    'wrote .github/workflows/modprove.yml',
    'changed .gitignore',
  ])
  const project = await readProject(root)
  t.strictSame(project.module.folders.length, 1)
  t.match(await read('suites/hello.suite.ts'), "modules: [{ name: 'hello' }]")
  t.equal(await read('.gitignore'), '.modprove/\n')
})

void t.test('what makefiles and sources name outside of their folder is included', async t => {
  const { root, read } = await made(t, {
    'src/Makefile': 'KDIR ?= ../../linux\nobj-m := ring.o\nccflags-y := -I$(src)/../include\n',
    'src/ring.c': '#include "../common/a.h"\n#include "../b/b.h"\n#include "../gone.h"\n',
    'include/ring.h': '',
    'common/a.h': '',
    'b/Kbuild': 'obj-m := b.o\n',
    'b/b.h': '',
  })
  t.match(await read('modprove.config.ts'), "  include: ['include', 'common'],\n")
  t.strictSame((await readProject(root)).module.include, ['include', 'common'])
  const whole = await made(t, { ...HELLO, 'a/a.h': '#include "../b/b.h"\n', 'b/b.h': '' })
  t.notMatch(await whole.read('modprove.config.ts'), 'include', 'the folder has all of it')
})

void t.test('modules are found in folders below, but for examples and tests', async t => {
  const { root, read } = await made(t, {
    'src/core/Makefile': 'ifneq ($(KERNELRELEASE),)\nobj-m += my-core.o \\\n  other.o\nendif\n',
    'src/core/part/Kbuild': 'obj-m := part.o\n',
    'src/a/Kbuild': 'obj-$(CONFIG_A) += a.o\n',
    'examples/Kbuild': 'obj-m := example.o\n',
    Makefile: 'all:\n\t$(MAKE) -C src\n# obj-m := no.o\n',
  })
  const { module } = await readProject(root)
  t.strictSame(
    module.folders.map(({ name }) => name),
    ['src/a', 'src/core'],
  )
  const suites = await readdir(join(root, 'suites'))
  t.equal(suites.length, 1)
  t.match(await read(`suites/${suites[0]}`), 'guest.modules.built')
})

void t.test('a folder is built after those whose symbols it uses', async t => {
  const { root } = await made(t, {
    'a/Kbuild': 'obj-m := a.o\n',
    'a/a.c': 'int c_count(void);\nint a(void) { return c_count(); }\n',
    'b/Kbuild': 'obj-m := b.o\n',
    'b/b.c': 'int b;\nEXPORT_SYMBOL_GPL(b);\n',
    'c/Kbuild': 'obj-m := c.o\n',
    'c/c.c': 'int c_count(void) { return 3; }\nEXPORT_SYMBOL(c_count);\n',
  })
  const { module } = await readProject(root)
  t.strictSame(
    module.folders.map(({ name }) => name),
    ['c', 'a', 'b'],
  )
})

void t.test('a package of dkms is described by its dkms.conf', async t => {
  const { root } = await made(t, {
    'dkms.conf': 'BUILT_MODULE_LOCATION[0]="src"\nMAKE[0]="make VERSION=1.2"\n',
    'src/Kbuild': 'obj-m := ring.o\n',
  })
  t.match((await readProject(root)).module.folders, [{ name: 'src', make: { VERSION: '1.2' } }])
})

void t.test('files that exist are kept, and lines of .gitignore', async t => {
  const own = {
    '.gitignore': '*.o',
    'suites/hello.suite.ts': 'mine',
    '.github/workflows/modprove.yml': '',
  }
  const { done, read } = await made(t, { ...HELLO, ...own })
  t.strictSame(done, [
    'wrote modprove.config.ts',
    'kept suites/hello.suite.ts',
    'kept .github/workflows/modprove.yml',
    'changed .gitignore',
  ])
  t.equal(await read('suites/hello.suite.ts'), 'mine')
  t.equal(await read('.gitignore'), '*.o\n.modprove/\n')
  const packages = { ...HELLO, 'node_modules/a': '', '.gitignore': '/.modprove\n' }
  const { read: readOther } = await made(t, packages, { workflow: false })
  t.equal(await readOther('.gitignore'), '/.modprove\nnode_modules/\n')
  const ignored = await made(t, { ...HELLO, '.gitignore': '/.modprove\n' }, { workflow: false })
  t.strictSame(ignored.done, ['wrote modprove.config.ts', 'wrote suites/hello.suite.ts'])
})

void t.test("the workflow is in the repository's root, and names the project's folder", async t => {
  const { done, read } = await made(
    t,
    { ...HELLO, '../../.git/HEAD': '' },
    { below: 'drivers/hello' },
  )
  t.match(done, [
    'wrote modprove.config.ts',
    'wrote suites/hello.suite.ts',
    /^wrote \.\.\/\.\.\/\.github/,
  ])
  const workflow = parse(await read('../../.github/workflows/modprove.yml')) as object
  t.match(workflow, { jobs: { modprove: { steps: [{}, { with: { folder: 'drivers/hello' } }] } } })
})

void t.test('without a module, and in a project, nothing is written', async t => {
  const bare = { Makefile: 'all:\n', 'hello.c': '', 'hello.mod.c': '', 'a.suite.c': '' }
  const remedy = /^Write \/.*\/Kbuild with the line: obj-m \+= hello\.o\nThen: modprove init/
  await t.rejects(made(t, bare), { code: 'NO_MODULE', remedy })
  for (const file of ['modprove.config.json', 'package.json'])
    await t.rejects(made(t, { ...HELLO, [file]: '{"modprove":{}}' }), { code: 'CONFIGURED' })
})
