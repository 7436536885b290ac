import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { packageRoot } from '../platform/package-root.js'
import { readProject } from '../project/project.js'
import { loadCatalogue } from './catalogue.js'
import { formatFragment, parseFragment } from './fragment.js'
import { imagesFolder } from './images.js'
import { lostOptions, refuseLostOptions, requestedOptions } from './kconfig.js'

const { kconfig } = await readProject(packageRoot)
const requested = parseFragment(
  'CONFIG_KASAN=y\nCONFIG_NR_CPUS=8\nCONFIG_IPV6=n\nCONFIG_DEBUG_SG=y',
  'images/config/debug.config',
)
const config = '# CONFIG_KASAN is not set\nCONFIG_NR_CPUS=64\nCONFIG_SLUB=y\n'

void t.test('options that Kconfig dropped or changed are found', t => {
  const lost = lostOptions(requested, config)
  t.strictSame(
    lost.map(({ option, became }) => [option.name, became]),
    [
      ['CONFIG_KASAN', 'n'],
      ['CONFIG_NR_CPUS', '64'],
      ['CONFIG_DEBUG_SG', undefined],
    ],
  )
  t.end()
})

void t.test('a configuration that keeps what was asked for passes', t => {
  const kept = 'CONFIG_KASAN=y\nCONFIG_NR_CPUS=8\n# CONFIG_IPV6 is not set\nCONFIG_DEBUG_SG=y\n'
  t.strictSame(lostOptions(requested, kept), [])
  t.doesNotThrow(() => {
    refuseLostOptions('6.1.192 debug', requested, kept)
  })
  t.end()
})

void t.test('the refusal names the kernel, each lost option, its line, and what it became', t => {
  t.throws(
    () => {
      refuseLostOptions('6.1.192 debug', requested, config)
    },
    {
      code: 'OPTIONS_LOST',
      exitCode: 2,
      message: 'Kernel 6.1.192 debug does not take 3 of the 4 requested options',
      detail: [
        'images/config/debug.config:1: CONFIG_KASAN=y became n',
        'images/config/debug.config:2: CONFIG_NR_CPUS=8 became 64',
        'images/config/debug.config:4: CONFIG_DEBUG_SG=y became unknown to this kernel, or out of reach',
      ].join('\n'),
    },
  )
  t.end()
})

void t.test('the shipped fragments parse for every series', async t => {
  const fragments = await readdir(join(imagesFolder, 'config'))
  for (const { name } of await loadCatalogue()) {
    t.ok((await requestedOptions(name, fragments, kconfig)).length > 50, name)
  }
})

/** What a project's files make of the shipped ones, as lines of a .config. */
const merged = async (t: Test, series: string, fragments: string[], own: Record<string, string>) =>
  formatFragment(await requestedOptions(series, fragments, t.testdir(own))).split('\n')

void t.test('a project’s fragment is merged over the shipped one of its name', async t => {
  const own = {
    'base.config': 'CONFIG_NR_CPUS=4\nCONFIG_FB=y\nCONFIG_FRAME_POINTER=n\n',
    'debug.config': 'CONFIG_DEBUG_FB=y\n',
  }
  const plain = await merged(t, '6.1', ['base.config', 'plain.config'], own)
  t.match(plain, new Set(['CONFIG_NR_CPUS=4', 'CONFIG_FB=y', 'CONFIG_SMP=y']), 'over base.config')
  t.notOk(plain.includes('CONFIG_DEBUG_FB=y'), 'for no flavour that does not name it')
  const debug = await merged(t, '6.1', ['base.config', 'debug.config'], own)
  t.ok(debug.includes('CONFIG_DEBUG_FB=y'))
  t.ok(debug.includes('CONFIG_FRAME_POINTER=y'), 'and below the shipped ones that come later')
})

void t.test('its lines may have ranges of series', async t => {
  const own = { 'base.config': 'CONFIG_FB=y # 5.14..6.1 since then\n' }
  for (const [series, isAsked] of [
    ['5.10', false],
    ['6.1', true],
    ['6.12', false],
  ] as const)
    t.equal(
      (await merged(t, series, ['base.config'], own)).includes('CONFIG_FB=y'),
      isAsked,
      series,
    )
})

void t.test('a project need not have any', async t => {
  const none = await requestedOptions('6.1', ['base.config'], join(t.testdir(), 'absent'))
  t.equal(formatFragment(none), (await merged(t, '6.1', ['base.config'], {})).join('\n'))
})

void t.test('a fault in a project’s fragment names that file and its line', async t => {
  await t.rejects(merged(t, '6.1', ['base.config'], { 'base.config': '\nCONFIG_FB=m\n' }), {
    code: 'CONFIGURATION',
    message: /fixtures\/\S+\/base\.config:2: expected CONFIG_NAME=value/,
  })
})

void t.test('a project’s file that no fragment is called as is refused', async t => {
  await t.rejects(merged(t, '6.1', ['base.config'], { 'bsae.config': '' }), {
    code: 'CONFIGURATION',
    exitCode: 2,
    message:
      /bsae\.config is merged over no fragment\. Fragments: base\.config, debug\.config, plain/,
    remedy: /^Did you mean "base\.config"\? /,
  })
})
