import { execFile } from 'node:child_process'
import { symlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { setHostSlowness } from '../../platform/waiting/deadlines.js'
import { silent, type Progress } from '../../platform/terminal/progress.js'
import { projectOf } from '../../project/project.js'
import { locate } from '../../verdict/symbols/module-source.js'
import { requireModule } from './module.js'
import { toyKbuild, toyModule } from './toy-kbuild.fixture.js'
import { base, build, folderOf, projectOf as toyProject, toy, work } from './toy-project.fixture.js'
import type { KernelBuild } from '../types.js'

const newToy = await toyKbuild(join(base, 'new-toy'), [])

void t.test('a folder that builds no module fails, with a remedy', async t => {
  const ring = toyModule('int a;')
  const cases: [Record<string, string>, RegExp][] = [
    [{ 'ring.c': ring }, /neither a Kbuild nor a Makefile.*obj-m \+= ring\.o$/],
    [{ 'ring.c': ring, Kbuild: '' }, /module\/Kbuild names no module.*obj-m \+= ring\.o$/],
    [{ 'ring.c': ring, Makefile: 'all:\n\ttrue\n' }, /module\/Makefile names no module/],
    [{ 'ring.c': ring, Kbuild: 'obj-y := ring.o' }, /has obj-y, which is for code inside/],
    [{ Kbuild: 'obj-$(CONFIG_RING) := a.o' }, /CONFIG_RING is not set in this kernel, not m/],
    [{ Kbuild: 'obj-$(CONFIG_BUILTIN) := a.o' }, /CONFIG_BUILTIN is y in this kernel, not m/],
    [
      { Kbuild: 'obj-m += src/', 'src/Makefile': '', 'src/a.c': ring },
      /module\/src\/Makefile names no module.*obj-m \+= a\.o$/,
    ],
  ]
  for (const [files, remedy] of cases) {
    await t.rejects(build(files), { code: 'NO_MODULE', exitCode: 1, remedy }, remedy.source)
  }
})

void t.test('the expected build time is scaled for a slow host', async t => {
  setHostSlowness(7)
  t.teardown(() => setHostSlowness(1))
  const told: (number | undefined)[] = []
  const step: Progress['step'] = (title, usuallySeconds) => {
    told.push(usuallySeconds)
    return silent.step(title)
  }
  const files = { 'module/Kbuild': 'obj-m := ring.o', 'module/ring.c': toyModule('int told;') }
  const project = await toyProject(files)
  await requireModule({ kernel: toy, project, ...work, progress: { ...silent, step } })
  t.strictSame(told, [21])
})

void t.test('a module is loaded after one that it uses, by whatever name', async t => {
  const drv = `${toyModule('int a;')}char depends[] __attribute__((section(".modinfo"))) = "depends=my-lib";`
  const files = { Kbuild: 'obj-m := my-drv.o my-lib.o', 'my-drv.c': drv, 'my-lib.c': toyModule('') }
  const { modules } = await build(files)
  t.strictSame(
    modules.map(({ name }) => name),
    ['my_lib', 'my_drv'],
  )
})

void t.test('a compile error is reported with its cause', async t => {
  const cases: [Record<string, string>, object, KernelBuild?][] = [
    [
      { Kbuild: '$(info ERROR: modpost: missing MODULE_LICENSE() in b/ring.o)\n$(error no)\n' },
      { remedy: /^Name the licence of ring in its source, such as MODULE_LICENSE\("GPL"\)/ },
    ],
    [
      { Kbuild: 'obj-m := ring.o', 'ring.c': 'int a;\nint f(void) { return g(); }\n' },
      { detail: /^module\/ring\.c: In function.*\nmodule\/ring\.c:2:22: error: implicit/ },
    ],
    [
      { Kbuild: 'obj-m := ring.o' },
      { remedy: /names ring\.o, but module\/ has no ring\.c to build it from/ },
    ],
    [
      {
        Makefile: 'obj-m := ring.o\nall: gen.h\ngen.h: gen.sh\n\tsh gen.sh > $@\n',
        'ring.c': '#include "gen.h"\n',
      },
      {
        remedy:
          /module\/Makefile makes gen\.h \("all: gen\.h"\).*\(obj\)\/ring\.o: \$\(obj\)\/gen\.h/,
      },
    ],
    [
      {
        Kbuild: 'obj-m := ring.o\nEXTRA_CFLAGS += -DWIDTH=3\n',
        'ring.c': 'int a = WIDTH;\n',
      },
      { remedy: /module\/Kbuild: this kernel's Kbuild ignores EXTRA_CFLAGS. Write ccflags-y/ },
      newToy,
    ],
    [
      { Kbuild: 'obj-m := ring.o', 'ring.c': 'int ext(void);\nint f(void) { return ext(); }\n' },
      {
        message: /uses what kernel 6\.1\.9 \(plain\) does not export: ext$/,
        remedy: /^ext: this kernel has no such symbol/,
      },
    ],
  ]
  for (const [files, told, kernel] of cases) {
    const rejected = { code: 'MODULE_DOES_NOT_COMPILE', exitCode: 1, ...told }
    await t.rejects(build(files, kernel), rejected, JSON.stringify(files))
  }
})

void t.test('a module is built with what firmware its own sources request', async t => {
  const files = {
    Kbuild: 'obj-m := ring.o user.o\n',
    'ring.c': toyModule(
      '#define request_firmware(...) -22\nint f(void) { return request_firmware(0, "a.bin"); }',
    ),
    'user.c': toyModule('int g;'),
  }
  const { modules } = await build(files)
  t.match(modules, [{ firmware: ['a.bin'] }, { firmware: [] }])
})

void t.test('flags that Kbuild ignores cause a warning', async t => {
  const files = {
    Kbuild: 'obj-m := ring.o\nEXTRA_CFLAGS := -DWIDTH=3\n',
    'ring.c': toyModule('#ifndef WIDTH\n#define WIDTH 1\n#endif\nint a = WIDTH;'),
  }
  t.strictSame((await build(files)).warnings, [], 'where Kbuild does, nothing is said')
  t.match((await build(files, newToy)).warnings, [/ignores EXTRA_CFLAGS. Write ccflags-y/])
})

void t.test('changes outside the module do not rebuild it', async t => {
  const files = { Kbuild: 'obj-m := ring.o', 'ring.c': toyModule('int a;') }
  const { key } = await build(files)
  const beside = { 'ring.suite.ts': '', 'node_modules/a/b.c': '', '.git/HEAD': '', 'ring.o': '' }
  t.equal((await build({ ...files, ...beside })).key, key)
  t.not((await build({ ...files, 'ring.h': '' })).key, key)
})

void t.test('a module’s lines have the same names, wherever its folder is', async t => {
  const away = await folderOf({
    Kbuild: 'obj-m := ring.o\n',
    'ring.c': toyModule('\n\nint f(int a) { return a; }'),
  })
  await symlink(away, join(base, 'linked'))
  const own = basename(away)
  const places = {
    'a link elsewhere': [join(base, 'linked'), join(base, 'own/project'), 'linked'],
    beside: [`../${own}`, join(dirname(away), 'project'), own],
    above: ['..', join(away, 'project'), '.'],
    'the project itself': ['.', away, '.'],
  } as const
  for (const [name, [folder, root, shown]] of Object.entries(places)) {
    const file = join(root, 'modprove.config.json')
    const project = projectOf(file, { module: { folder } })
    const built = await requireModule({ kernel: toy, project, ...work })
    const debugKo = built.modules[0]?.debugKo ?? ''
    const { stdout: line } = await promisify(execFile)('addr2line', ['-e', debugKo, '0x0'])
    const [, place = '', number] = /^(.*):(\d+)/.exec(line) ?? []
    const found = locate({ name: 'ring', sources: built.sources }, place, Number(number))
    t.match(found, { file: join(shown, 'ring.c'), line: 3 }, `${name}: ${line.trim()}`)
  }
})
