import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { silent } from '../../platform/terminal/progress.js'
import { script } from '../../platform/process/script.js'
import {
  explainSymbols,
  explainUndeclared,
  undeclaredFunctions,
  undefinedSymbols,
} from './missing-symbols.js'
import type { KernelBuild } from '../types.js'

const work = {
  signal: new AbortController().signal,
  progress: silent,
  project: { configFile: '/none/modprove.config.json' },
}
const base = t.testdir({
  'System.map': 'ffffffff81000000 T _text\nffffffff81000010 t kept_inside\n',
  '.config': 'CONFIG_SET=y\n# CONFIG_USB is not set\nCONFIG_MODULAR=m\n',
  source: {
    Kconfig:
      'config BUS\n\tbool "Bus"\nconfig USB\n\ttristate "USB"\n\tdepends on BUS\nconfig EXTRA\n\tbool "Extra"\n',
    Kbuild: 'obj-y += drivers/\nobj-y += arch/\n',
    drivers: {
      Makefile:
        '# obj-$(CONFIG_COMMENT) += usb/\nobj-$(CONFIG_USB_PHY) += usb/\nobj-$(CONFIG_USB)\t\t+= usb/\nobj-y += always/\n' +
        'obj-$(CONFIG_SET) += set/\nobj-$(CONFIG_KUNIT) += kunit/\n',
      usb: {
        Makefile: 'usbcore-y := usb.o \\\n\turb.o\nobj-$(CONFIG_USB) += usbcore.o\n',
        'urb.c': 'EXPORT_SYMBOL_GPL(usb_free_urb);\n',
        'entry.S': '',
      },
      always: {
        Makefile:
          'obj-y += plain.o\nlib-objs := lib.o\nlib-$(CONFIG_EXTRA) += extra.o\nobj-$(CONFIG_LIB) += lib.o\n',
        'plain.c': 'EXPORT_SYMBOL(plainly);\n',
        'extra.c': 'EXPORT_SYMBOL_NS_GPL(in_a_space, SPACE);\n',
      },
      kunit: { Makefile: 'obj-y += test.o\n', 'test.c': 'EXPORT_SYMBOL_GPL(kunit_unary);\n' },
      set: {
        Makefile: 'obj-$(CONFIG_MODULAR) += a.o\n',
        'a.c': 'EXPORT_SYMBOL_NS(modular, "A");\n',
      },
    },
    arch: {
      arm: { Makefile: 'obj-y += u.o\n', 'u.c': 'EXPORT_SYMBOL(plainly);\n' },
    },
    Documentation: { 'usb_lost.c': 'EXPORT_SYMBOL(usb_lost);\n' },
  },
})
process.env['MODPROVE_CACHE'] = join(base, 'cache')
const kernel = {
  series: '6.1',
  systemMap: join(base, 'System.map'),
  config: join(base, '.config'),
  source: 'linux-source-6.1 6.1.9-1',
  sourceTree: join(base, 'source'),
  modules: [],
} as unknown as KernelBuild

void t.test('modpost’s undefined symbols are read, each once', t => {
  const output = `  MODPOST /build/Module.symvers
ERROR: modpost: "usb_free_urb" [/build/ring.ko] undefined!
ERROR: modpost: "usb_free_urb" [/build/sub/other.ko] undefined!
ERROR: modpost: "__divdi3" [ring.ko] undefined!
ERROR: modpost: undef.ko: symbol 'i2c_del_driver' undefined!
ERROR: modpost: module ring uses symbol x from namespace Y, but does not import it.
`
  t.strictSame(undefinedSymbols(output), ['usb_free_urb', '__divdi3', 'i2c_del_driver'])
  t.end()
})

void t.test('the option that brings a symbol is read from the kernel’s source', async t => {
  const explained = async (symbol: string) => (await explainSymbols([symbol], kernel, work))[0]
  t.equal(
    await explained('usb_free_urb'),
    'usb_free_urb: drivers/usb/urb.c exports it, if CONFIG_USB is set',
    'by the object that it is a part of, and the folders above, without an option that is not needed',
  )
  t.equal(
    await explained('in_a_space'),
    'in_a_space: drivers/always/extra.c exports it, if CONFIG_EXTRA is set',
  )
  t.equal(
    await explained('modular'),
    'modular: drivers/set/a.c exports it, if CONFIG_MODULAR is set',
    'modules of the kernel itself are not there',
  )
  t.match(await explained('plainly'), /^plainly: drivers\/always\/plain\.c exports it, which/)
  t.equal(
    await explained('kept_inside'),
    'kept_inside: this kernel has it, and does not export it to modules',
  )
  t.equal(
    await explained('usb_lost'),
    'usb_lost: this kernel has no such symbol, and no EXPORT_SYMBOL in its source names it',
  )
  t.match(await explained('a|b'), /^a\|b: this kernel has no such symbol, and/)
})

void t.test('the options of all symbols are one line of the configuration', async t => {
  const lines = await explainSymbols(['usb_free_urb', 'in_a_space', 'kept_inside'], kernel, work)
  const last =
    'Add to "kconfig" in modprove.config.ts, which "modprove init" makes: "CONFIG_BUS=y", "CONFIG_USB=y", "CONFIG_EXTRA=y"'
  t.equal(lines.at(-1), last)
})

void t.test('a flavour that has what is missing is named', async t => {
  const lines = await explainSymbols(['kunit_unary'], kernel, work)
  const last =
    'Run it with --flavour kunit, whose kernel has that, or add to "kconfig" in modprove.config.ts, which "modprove init" makes: "CONFIG_KUNIT=y"'
  t.equal(lines.at(-1), last)
})

void t.test('a function that is not declared may be that of an option', async t => {
  const output =
    'ring.c:3:3: error: implicit declaration of function ‘usb_free_urb’; did you mean ‘free’?\n' +
    "ring.c:4:3: error: implicit declaration of function 'my_own' [-Wimplicit]\n"
  const functions = undeclaredFunctions(output)
  t.strictSame(functions, ['usb_free_urb', 'my_own'])
  const lines = await explainUndeclared([...functions, 'plainly'], kernel, work)
  t.match(lines, [/^usb_free_urb: /, /"CONFIG_USB=y"$/])
  t.equal(lines.length, 2, 'and none of what no option brings')
  t.equal((await explainUndeclared(['modular'], kernel, work)).length, 2)
  const modules = [{ name: 'a', file: 'a.ko', depends: [], isRequested: true }]
  t.strictSame(
    await explainUndeclared(['modular'], { ...kernel, modules }, work),
    [],
    'and not what a module of the kernel has',
  )
})

const gone = { ...kernel, sourceTree: join(base, 'gone') }

void t.test('what was kept of the source tells it when that is unpacked no more', async t => {
  t.match(await explainSymbols(['usb_free_urb'], gone, work), [/^usb_free_urb: .*CONFIG_USB /])
})

void t.test('where nothing was kept, the archive’s package is read', async t => {
  const source = 'linux-source-6.2 6.2.9-1'
  const packed = t.testdir({ deb: { DEBIAN: {}, usr: { src: {} } } })
  const control =
    'Package: linux-source-6.2\nVersion: 6.2.9-1\nArchitecture: all\nMaintainer: a\nDescription: a\n'
  await writeFile(join(packed, 'deb/DEBIAN/control'), control)
  const sources = join(base, 'cache/sources')
  await mkdir(sources, { recursive: true })
  const $ = script({ cwd: base })
  await $`tar -cJf ${packed}/deb/usr/src/linux-source-6.2.tar.xz source`
  await $`dpkg-deb --build --root-owner-group ${packed}/deb ${sources}/linux-source-6.2_6.2.9-1_all.deb`
  const lines = await explainSymbols(['usb_free_urb', 'plainly'], { ...gone, source }, work)
  t.match(lines, [/^usb_free_urb: .*CONFIG_USB /, /^plainly: drivers\/always\/plain\.c/, /kconfig/])
  t.equal(lines.length, 3)
})

void t.test('without both as much is said', async t => {
  const lines = await explainSymbols(
    ['kept_inside', 'usb_free_urb'],
    { ...gone, source: 'linux-source-6.3 6.3.9-1' },
    work,
  )
  t.match(lines[0], /does not export/)
  t.equal(lines[1], 'usb_free_urb: this kernel has no such symbol')
  t.match(
    lines[2],
    /6\.3\.9-1, which names the options that provide them, is neither in .*gone nor/,
  )
})
