import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { escapeRegExp } from '../../platform/text/text.js'
import { locate } from '../../verdict/symbols/module-source.js'
import { toyModule } from './toy-kbuild.fixture.js'
import { build, buildAll, realKernels, toy, type Files } from './toy-project.fixture.js'

const common = {
  'common/x.h': 'static inline int twice(int a) { return 2 * a; }\n',
  'core/Kbuild': 'obj-m := core.o\n',
  'core/core.c': toyModule(
    '#include "../common/x.h"\n#define EXPORT_SYMBOL(x)\nint core(int a) { return twice(a); }\nEXPORT_SYMBOL(core)',
  ),
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
      remedy:
        /^core: core\/core\.c exports it\nWrite in modprove\.config\.ts, which "modprove init" makes in this order: "modules": \["core","deep\/user"\]$/,
    })
  },
)

void t.test(
  'what lies outside of a folder and was not included is named with the line to write',
  async t => {
    const line = (...paths: string[]) =>
      `is not copied with it. Write in modprove.config.ts, which "modprove init" makes: "include": ${JSON.stringify(paths)}`
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
      { code: 'MODULE_DOES_NOT_COMPILE', remedy: /^Correct core\/core\.c, line \d+$/ },
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

void t.test('a function that ends with a call keeps its frame', async t => {
  const files = {
    Kbuild: 'obj-m := ring.o\nccflags-y := -O2\n',
    'ring.c': toyModule(
      'int count; __attribute__((noipa)) int put(int a) { return count += a; }\nint leave(int a) { return put(a); }',
    ),
  }
  const { modules } = await build(files, toy)
  const { stdout } = await promisify(execFile)('objdump', ['-d', modules[0]?.debugKo ?? ''])
  t.match(stdout, /<leave>:[^<]*\bcall\b/)
})

void t.test(
  'variables of make and the command before it change what is built, and its key',
  async t => {
    const files = {
      Kbuild: 'obj-m := ring.o\nccflags-y := -DVERSION=$(VERSION)\n',
      'ring.c': toyModule('#include "made.h"\nint a = 1 * VERSION * SIZE * MADE;'),
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
  'each built kernel builds a module of the tree’s headers and its own, which have their names',
  { skip: realKernels.length === 0 && 'no kernel is built: modprove build builds one' },
  async t => {
    const headers = (up: string) => ({
      Kbuild: `obj-m := headers.o\nccflags-y := -I$(src)/${up}lib\n`,
      'headers.c':
        '#include <linux/module.h>\n#include <linux/leds.h>\n#include <linux/input.h>\n' +
        `int own(void);\nint own(void) { return 5; }\n#include "${up}common/x.h"\n#include "y.h"\n` +
        'MODULE_DESCRIPTION("Headers alone");\nMODULE_LICENSE("GPL");\n',
    })
    const included = {
      'common/x.h': '\nconst char *in_x(void);\nconst char *in_x(void) { return __FILE__; }\n',
      'lib/y.h': 'const char *in_y(void);\nconst char *in_y(void) { return __FILE__; }\n',
    }
    const below = Object.entries(headers('../')).map(([path, text]) => [`module/${path}`, text])
    const layouts: [Files, string][] = [
      [{ ...included, ...(Object.fromEntries(below) as Files) }, 'module'],
      [{ ...included, ...headers('') }, '.'],
    ]
    const builds = realKernels.flatMap(kernel =>
      layouts.map(([files, folder]) => ({ kernel, files, folder })),
    )
    for (const { kernel, files, folder } of builds) {
      const built = await buildAll(files, [folder], ['common', 'lib'], kernel)
      const { sources } = built
      const [{ debugKo = '' } = {}] = built.modules
      const place = (name: string, line: number) => locate({ name: '', sources }, name, line)
      const run = async (tool: string, ...words: string[]): Promise<string> =>
        (await promisify(execFile)(tool, [...words, debugKo])).stdout
      for (const [called, file, number] of [
        ['in_x', 'common/x.h', 3],
        ['own', join(folder, 'headers.c'), 5],
      ] as const) {
        const address = new RegExp(`^(\\w+) T ${called}$`, 'm').exec(await run('nm'))?.[1] ?? ''
        const found = await run('addr2line', '-j', '.text', address, '-e')
        const [, name = '', line] = /^(.*):(\d+)/.exec(found) ?? []
        t.strictSame(place(name, Number(line)), { file, line: number }, `${kernel.key}: ${name}`)
      }
      const texts = await run('readelf', '-p', '.rodata.str1.1', '-p', '.rodata')
      const names = [...texts.matchAll(/ (\S+[xy]\.h)$/gm)].map(([, text = '']) => text)
      const known = names.map(name => place(name, 1)?.file)
      t.strictSame(known.sort(), ['common/x.h', 'lib/y.h'], `__FILE__: ${names.join()}`)
    }
  },
)
