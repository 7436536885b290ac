import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { packageRoot } from '../../platform/files/package-root.js'
import type { WrittenConfig } from '../../project/config-schema.js'
import { readProject } from '../../project/project.js'
import { loadCatalogue } from './catalogue.js'
import { loadFlavours, selectFlavour } from './flavours.js'
import { formatFragment, optionsFor } from './fragment.js'
import { imagesFolder } from '../images.js'
import { shippedOptions } from './options.js'

void t.test('the shipped fragments, and this project’s, parse for every series', async t => {
  for (const name of await readdir(join(imagesFolder, 'config')))
    t.ok((await shippedOptions(name)).length > 0, name)
  const flavours = await loadFlavours(await readProject(packageRoot))
  for (const { name: series } of await loadCatalogue())
    for (const { name, options, kernels } of flavours)
      if (kernels !== 'prebuilt') t.ok(optionsFor(series, options).length > 50, `${series} ${name}`)
})

type Files = Readonly<Record<string, string>>

/** The flavours of a project with this configuration and these files. */
const flavoursOf = async (t: Test, config: WrittenConfig, files: Files = {}) => {
  const root = t.testdir({ ...files, Kbuild: '', 'modprove.config.json': JSON.stringify(config) })
  return loadFlavours(await readProject(root))
}

/** Lines of a .config that a flavour asks for. */
const asked = async (
  t: Test,
  config: WrittenConfig,
  {
    flavour = 'plain',
    series = '6.1',
    files,
  }: { flavour?: string; series?: string; files?: Files },
) => {
  const { options } = selectFlavour(await flavoursOf(t, config, files), flavour)
  return formatFragment(optionsFor(series, options)).split('\n')
}

void t.test('a project’s lines and files are merged over the base, below the flavour', async t => {
  const kconfig = ['CONFIG_NR_CPUS=4', 'CONFIG_FB=m', 'more.config', 'CONFIG_FRAME_POINTER=n']
  const files = { 'more.config': 'CONFIG_MORE=y\n' }
  const plain = await asked(t, { kconfig }, { files })
  const lines = ['CONFIG_NR_CPUS=4', 'CONFIG_FB=m', 'CONFIG_MORE=y', 'CONFIG_SMP=y']
  t.match(plain, new Set(lines))
  const debug = await asked(t, { kconfig }, { flavour: 'debug', files })
  t.ok(debug.includes('CONFIG_FRAME_POINTER=y'), 'below the shipped ones that come later')
})

void t.test('its lines may have ranges of series', async t => {
  const kconfig = ['CONFIG_FB=y # 5.14..6.1 since then']
  for (const [series, isAsked] of [
    ['5.10', false],
    ['6.1', true],
    ['6.12', false],
  ] as const)
    t.equal((await asked(t, { kconfig }, { series })).includes('CONFIG_FB=y'), isAsked, series)
})

void t.test('a fault in a line names it', async t => {
  await t.rejects(flavoursOf(t, { kconfig: ['CONFIG_A=y', 'CONFIG_FB=yes'] }), {
    code: 'CONFIGURATION',
    message: /^modprove.config.json:1: kconfig\[1\]: expected CONFIG_NAME=value/,
  })
  const files = { 'a.config': '\nCONFIG_FB=yes\n' }
  await t.rejects(flavoursOf(t, { flavours: { debug: { kconfig: ['a.config'] } } }, files), {
    message: /^a\.config:2: expected CONFIG_NAME=value/,
  })
})

void t.test('what is added to a flavour is merged last, and is for its kernel alone', async t => {
  const config = { flavours: { plain: { kconfig: ['CONFIG_PAGE_OWNER=n'], append: ['a=1'] } } }
  const line = '# CONFIG_PAGE_OWNER is not set'
  t.ok((await asked(t, config, {})).includes(line))
  t.ok((await asked(t, config, { flavour: 'bounce' })).includes(line), 'a flavour of its kernel')
  t.notOk((await asked(t, config, { flavour: 'debug' })).includes(line))
  const bounce = { flavours: { bounce: { kconfig: ['CONFIG_PAGE_OWNER=n'] } } }
  const flavours = await flavoursOf(t, bounce)
  t.match(selectFlavour(flavours, 'bounce'), { kernel: 'bounce' }, 'which no other one serves')
  t.match(selectFlavour(flavours, 'poison'), { kernel: 'plain' })
})

void t.test('a project may have flavours of its own', async t => {
  const flavours = await flavoursOf(t, {
    machine: { memory: '1G', append: ['quiet'] },
    flavours: {
      debug: { kconfig: ['CONFIG_DEBUG_SHIRQ=y'], append: ['a=1'] },
      strict: { base: 'debug', kconfig: ['CONFIG_BUG_ON_DATA_CORRUPTION=y'] },
      slow: { append: ['nosmp'] },
    },
  })
  const { options, ...strict } = selectFlavour(flavours, 'strict')
  t.match(strict, { kernel: 'strict', bootPath: 'bzimage', coverage: true, memoryMiB: 1024 })
  t.strictSame(strict.append.slice(-2), ['a=1', 'quiet'], 'the machine’s parameters last')
  t.strictSame(
    options.slice(-2).map(({ name, source }) => [name, source]),
    [
      ['CONFIG_DEBUG_SHIRQ', 'modprove.config.json:1: flavours.debug.kconfig[0]'],
      ['CONFIG_BUG_ON_DATA_CORRUPTION', 'modprove.config.json:1: flavours.strict.kconfig[0]'],
    ],
  )
  t.match(selectFlavour(flavours, 'slow'), { kernel: 'plain', append: ['nosmp', 'quiet'] })
})

void t.test('a machine’s hardware, and firmware, bring the options that they need', async t => {
  const none = await asked(t, {}, {})
  const asks = async (config: WrittenConfig, line: string) => {
    t.notOk(none.includes(line))
    t.ok((await asked(t, config, { files: { 'a.bin': '' } })).includes(line), line)
  }
  await asks({ machine: { acpi: true } }, 'CONFIG_ACPI=y')
  await asks({ machine: { acpi: true } }, 'CONFIG_PCI=y')
  await asks({ machine: { pci: true } }, 'CONFIG_ACPI=y')
  await asks({ machine: { pci: true } }, 'CONFIG_PCI=y')
  await asks({ machine: { disks: ['64M'] } }, 'CONFIG_VIRTIO_BLK=y')
  await asks({ guest: { firmware: ['a.bin'] } }, 'CONFIG_FW_LOADER=y')
})

void t.test('an unknown flavour is wrong use, and the error lists the known ones', async t => {
  const flavours = await loadFlavours()
  t.throws(() => selectFlavour(flavours, 'fast'), {
    code: 'UNKNOWN_FLAVOUR',
    exitCode: 2,
    message: /Known flavours: plain, debug/,
  })
})
