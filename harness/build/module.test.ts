import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { slowHost } from '../deadlines.js'
import { silent, type Progress } from '../progress.js'
import { scratchCheckout } from '../scratch-checkout.js'
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

let folders = 0
/** A module's folder with these files. */
async function moduleOf(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = join(base, 'modules', String(++folders))
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
  return folder
}
const build = async (files: Readonly<Record<string, string>>, kernel: KernelBuild = toy) =>
  requireModule({ kernel, folder: await moduleOf(files), ...work })

void t.test('a folder that yields no module fails, and what it would need is said', async t => {
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

void t.test('how long it usually takes is told for a host as slow as this one', async t => {
  slowHost(7)
  t.teardown(() => slowHost(1))
  const told: (number | undefined)[] = []
  const step: Progress['step'] = (title, usuallySeconds) => {
    told.push(usuallySeconds)
    return silent.step(title)
  }
  const folder = await moduleOf({ Kbuild: 'obj-m := ring.o', 'ring.c': toyModule('int told;') })
  await requireModule({ kernel: toy, folder, ...work, progress: { ...silent, step } })
  t.strictSame(told, [21])
})

void t.test('what does not compile is told with its cause', async t => {
  const cases: [Record<string, string>, object, KernelBuild?][] = [
    [
      { Kbuild: 'obj-m := ring.o', 'ring.c': 'int a;\nint f(void) { return g(); }\n' },
      { detail: /^module\/ring\.c: In function.*\nmodule\/ring\.c:2:22: error: implicit/ },
    ],
    [
      { Kbuild: 'obj-m := ring.o' },
      { remedy: /names ring\.o, and there is no ring\.c of which it could be made in module\// },
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

void t.test('flags that Kbuild does not look at are warned of', async t => {
  const files = {
    Kbuild: 'obj-m := ring.o\nEXTRA_CFLAGS := -DWIDTH=3\n',
    'ring.c': toyModule('#ifndef WIDTH\n#define WIDTH 1\n#endif\nint a = WIDTH;'),
  }
  t.strictSame((await build(files)).warnings, [], 'where Kbuild does, nothing is said')
  t.match((await build(files, newToy)).warnings, [/ignores EXTRA_CFLAGS. Write ccflags-y/])
})

void t.test('what is no part of the module does not build it again', async t => {
  const files = { Kbuild: 'obj-m := ring.o', 'ring.c': toyModule('int a;') }
  const { key } = await build(files)
  const beside = { 'ring.suite.ts': '', 'node_modules/a/b.c': '', '.git/HEAD': '', 'ring.o': '' }
  t.equal((await build({ ...files, ...beside })).key, key)
  t.not((await build({ ...files, 'ring.h': '' })).key, key)
})

void t.test('lines of a module are known, wherever its folder lies', async t => {
  const code = {
    Kbuild: 'obj-m := ring.o\n',
    'ring.c': toyModule('\n\nint f(int a) { return a; }'),
  }
  const away = await moduleOf(code)
  await symlink(away, join(base, 'linked'))
  const script = join(base, 'build-one.mts')
  await writeFile(script, ONE)
  const places = {
    'a link elsewhere': join(base, 'linked'),
    beside: '../beside/ring',
    above: '..',
  }
  for (const [name, module] of Object.entries(places)) {
    await using checkout = await scratchCheckout({ module: module, suites: 'suites' })
    const own = join(checkout.path, 'own')
    await mkdir(own)
    // The checkout lies in a folder of its own, so that there is a place above it.
    for (const entry of await readdir(checkout.path))
      if (entry !== 'own') await promisify(execFile)('mv', [join(checkout.path, entry), own])
    if (!module.startsWith('/'))
      for (const [file, text] of Object.entries(code)) {
        await mkdir(join(own, module), { recursive: true })
        await writeFile(join(own, module, file), text)
      }
    const args = ['--import', 'tsx', script, own, JSON.stringify(toy)]
    const { stdout } = await promisify(execFile)('node', args, { cwd: own })
    const { debugKo, sourcePrefix, compiledIn } = JSON.parse(stdout) as Record<string, string>
    const { stdout: line } = await promisify(execFile)('addr2line', ['-e', debugKo ?? '', '0x0'])
    const [, file = '', number] = /^(.*):(\d+)/.exec(line) ?? []
    const source = { name: 'ring', sourcePrefix: sourcePrefix ?? '', compiledIn: compiledIn ?? '' }
    const found = locate(source, file, Number(number))
    t.match(found, { file: `${sourcePrefix}ring.c`, line: 3 }, `${name}: ${line.trim()}`)
    t.notMatch(sourcePrefix, /^\/|\.\./, 'a name that a record can hold')
  }
})

const ONE = `
const [own, kernel] = process.argv.slice(2)
const { requireModule } = await import(own + '/harness/build/module.ts')
const { silent } = await import(own + '/harness/progress.ts')
const signal = new AbortController().signal
const built = await requireModule({ kernel: JSON.parse(kernel), signal, progress: silent })
console.log(JSON.stringify({ ...built, ...built.modules[0] }))
`

void t.test(
  'on each kernel that is built, a module may include what the tree has',
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
