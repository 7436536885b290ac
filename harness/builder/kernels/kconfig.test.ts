import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { packageRoot } from '../../platform/files/package-root.js'
import { readProject } from '../../project/project.js'
import { loadCatalogue } from './catalogue.js'
import { formatFragment } from './fragment.js'
import { imagesFolder } from '../images.js'
import { requestedOptions } from './kconfig.js'

const { kconfig } = await readProject(packageRoot)

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
