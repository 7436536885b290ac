import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { setHostSlowness } from '../platform/deadlines.js'
import { silent, type Progress } from '../platform/progress.js'
import { escapeRegExp } from '../platform/text.js'
import type { ModuleFolder } from '../project/module-sources.js'
import { sourcesIn } from '../project/module-sources.fixture.js'
import { projectOf } from '../project/project.js'
import { locate } from '../verdict/module-source.js'
import { builtKernels } from './built-kernels.js'
import { requireModule } from './module.js'
import { toyKbuild, toyModule } from './toy-kbuild.fixture.js'
import type { KernelBuild } from './types.js'

const base = await mkdtemp(join(tmpdir(), 'modprove-module-'))
t.teardown(() => rm(base, { recursive: true, force: true }))
const kernels = (await builtKernels()).filter(({ name }) => name.includes('-plain-'))
process.env['MODPROVE_CACHE'] = join(base, 'cache')
const work = { signal: new AbortController().signal, progress: silent }
const toy = await toyKbuild(join(base, 'toy'), ['EXTRA_CFLAGS'])
const newToy = await toyKbuild(join(base, 'new-toy'), [])

type Files = Readonly<Record<string, string>>

let folders = 0
/** A new folder with these files. */
async function folderOf(files: Files): Promise<string> {
  const folder = join(base, 'folders', String(++folders))
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text, { mode: 0o755 })
  }
  return folder
}
/** A project with these files in its folder `module`. */
async function projectWith(files: Files, how: Partial<ModuleFolder> = {}) {
  const below = Object.entries(files).map(([path, text]) => [`module/${path}`, text])
  const root = await folderOf(Object.fromEntries(below) as Files)
  return { root, module: sourcesIn(root, { folders: [{ name: 'module', make: {}, ...how }] }) }
}
const build = async (files: Files, kernel: KernelBuild = toy, how: Partial<ModuleFolder> = {}) =>
  requireModule({ kernel, project: await projectWith(files, how), ...work })
/** Builds a project of these files, of which each folder of `names` has a makefile. */
async function buildAll(
  files: Files,
  names: readonly [string, ...string[]],
  include: string[] = [],
) {
  const root = await folderOf(files)
  const [first, ...others] = names
  const folder = (name: string) => ({ name, make: {} })
  const parts = { folders: [folder(first), ...others.map(folder)] as const, include }
  return requireModule({ kernel: toy, project: { root, module: sourcesIn(root, parts) }, ...work })
}

void t.test('a folder that builds no module fails, with a remedy', async t => {
  const ring = toyModule('int a;')
  const cases: [Record<string, string>, RegExp][] = [
    [{ 'ring.c': ring }, /neither a Kbuild nor a Makefile.*obj-m \+= ring\.o$/],
    [{ 'ring.c': ring, Kbuild: '' }, /module\/Kbuild names no module.*obj-m \+= ring\.o$/],
    [{ 'ring.c': ring, Makefile: 'all:\n\ttrue\n' }, /module\/Makefile names no module/],
    [{ 'ring.c': ring, Kbuild: 'obj-y := ring.o' }, /has obj-y, which is for code inside/],
    [{ Kbuild: 'obj-$(CONFIG_RING) := a.o' }, /CONFIG_RING is not set in this kernel, not m/],
    [{ Kbuild: 'obj-$(CONFIG_BUILTIN) := a.o' }, /CONFIG_BUILTIN is y in this kernel, not m/],
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
  const project = await projectWith({
    Kbuild: 'obj-m := ring.o',
    'ring.c': toyModule('int told;'),
  })
  await requireModule({ kernel: toy, project, ...work, progress: { ...silent, step } })
  t.strictSame(told, [21])
})

void t.test('a compile error is reported with its cause', async t => {
  const cases: [Record<string, string>, object, KernelBuild?][] = [
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
    above: ['..', join(away, 'project'), own],
    'the project itself': ['.', away, own],
  } as const
  for (const [name, [folder, root, shown]] of Object.entries(places)) {
    const file = join(root, 'modprove.config.json')
    const project = projectOf(file, { module: { folder } })
    const built = await requireModule({ kernel: toy, project, ...work })
    const debugKo = built.modules[0]?.debugKo ?? ''
    const { stdout: line } = await promisify(execFile)('addr2line', ['-e', debugKo, '0x0'])
    const [, place = '', number] = /^(.*):(\d+)/.exec(line) ?? []
    const found = locate({ name: 'ring', sources: built.sources }, place, Number(number))
    t.match(found, { file: `${shown}/ring.c`, line: 3 }, `${name}: ${line.trim()}`)
  }
})

const common = {
  'common/x.h': 'static inline int twice(int a) { return 2 * a; }\n',
  'core/Kbuild': 'obj-m := core.o\n',
  'core/core.c': toyModule('#include "../common/x.h"\nint core(int a) { return twice(a); }'),
  'deep/user/Kbuild': 'obj-m := a-user.o\nccflags-y := -I$(src)/../../common\n',
  'deep/user/a-user.c': toyModule(
    '#include "x.h"\nint core(int);\nint f(void) { return core(twice(2)); }',
  ),
}

void t.test(
  'folders are built in turn, with the symbols of those before and what is included',
  async t => {
    const built = await buildAll(common, ['core', 'deep/user'], ['common'])
    t.match(built.modules, [{ name: 'core' }, { name: 'a_user' }])
    t.strictSame(built.sources, ['common/x.h', 'core/core.c', 'deep/user/a-user.c'])
    await t.rejects(buildAll(common, ['deep/user', 'core'], ['common']), {
      code: 'MODULE_DOES_NOT_COMPILE',
      message: /does not export: core$/,
    })
  },
)

void t.test(
  'what lies outside of a folder and was not included is told with the line to write',
  async t => {
    const line = (...paths: string[]) =>
      `is not copied with it. Write in the configuration: "include": ${JSON.stringify(paths)}`
    const cases: [Files, string[], string][] = [
      [common, [], line('common')],
      [{ ...common, 'one.h': '' }, ['one.h'], line('one.h', 'common')],
      [
        { 'core/Kbuild': 'obj-m := core.o\n', 'core/core.c': '#include "../one.h"\n', 'one.h': '' },
        [],
        line('one.h'),
      ],
      [{ 'core/Kbuild': 'obj-m := ../lib/pool.o\n', 'lib/pool.c': '' }, [], line('lib')],
      [
        {
          'core/Kbuild': 'obj-m := core.o\nccflags-y := -I$(src)/..\n',
          'core/core.c': '#include "lib/x.h"\n',
          'lib/x.h': '',
        },
        [],
        line('lib'),
      ],
    ]
    for (const [files, include, remedy] of cases)
      await t.rejects(
        buildAll(files, ['core'], include),
        {
          code: 'MODULE_DOES_NOT_COMPILE',
          remedy: new RegExp(`outside of core/ ${escapeRegExp(remedy)}`),
        },
        remedy,
      )
    const none = {
      'core/Kbuild': '# ../common\nobj-m := core.o\n',
      'core/core.c': '#include "gone.h"\n',
      'common/x.h': '',
    }
    await t.rejects(
      buildAll(none, ['core']),
      { code: 'MODULE_DOES_NOT_COMPILE', remedy: 'Correct it in core/' },
      'a comment names nothing',
    )
  },
)

void t.test('two modules of one name are an error that names both', async t => {
  const files = {
    'a/Kbuild': 'obj-m := my-ring.o\n',
    'a/my-ring.c': toyModule('int a;'),
    'b/Kbuild': 'obj-m := my_ring.o\n',
    'b/my_ring.c': toyModule('int b;'),
  }
  await t.rejects(buildAll(files, ['a', 'b']), {
    code: 'MODULE_TWICE',
    exitCode: 1,
    message: 'Two modules are named my_ring: a/my-ring.ko and b/my_ring.ko',
    remedy: /Rename/,
  })
})

void t.test(
  'variables of make and the command before it change what is built, and its key',
  async t => {
    const files = {
      Kbuild: 'obj-m := ring.o\nccflags-y := -DVERSION=$(VERSION)\n',
      'ring.c': toyModule('#include "made.h"\nint a[VERSION + SIZE + MADE];'),
      'make.sh': 'echo "#define MADE 1 // $1" > made.h',
    }
    const make = { VERSION: '1', KCFLAGS: '-DSIZE=2' }
    const prepare = './make.sh $kernelver'
    const built = await build(files, toy, { make, prepare })
    t.ok(built.sources.includes('module/made.h'), 'what it made is a source')
    t.equal((await build(files, toy, { make, prepare })).key, built.key)
    for (const other of [
      { make: { ...make, VERSION: '2' }, prepare },
      { make, prepare: `${prepare} # again` },
    ])
      t.not((await build(files, toy, other)).key, built.key)
    await t.rejects(build(files, toy, { prepare }), { message: /does not compile/ })
    await t.rejects(build(files, toy, { make }), { message: /does not compile/ })
    await t.rejects(build(files, toy, { make, prepare: 'echo no; exit 3' }), {
      code: 'PREPARE_FAILED',
      exitCode: 1,
      message: 'prepare of module/ exits with 3: echo no; exit 3',
      detail: 'no',
    })
  },
)

void t.test(
  'a module may include the tree’s headers, on each built kernel',
  { skip: kernels.length === 0 && 'no kernel is built: modprove build builds one' },
  async t => {
    const files = {
      Kbuild: 'obj-m := headers.o\n',
      'headers.c':
        '#include <linux/module.h>\n#include <linux/leds.h>\n#include <linux/input.h>\n' +
        'MODULE_DESCRIPTION("Headers alone");\nMODULE_LICENSE("GPL");\n',
    }
    for (const { name, release, folder } of kernels) {
      const tree = join(folder, 'tree')
      const config = join(tree, '.config')
      const kernel = { ...toy, key: name, release, folder, tree, config }
      t.match(await build(files, kernel), { modules: [{ name: 'headers' }] }, name)
    }
  },
)
