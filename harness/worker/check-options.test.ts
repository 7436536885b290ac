import t from 'tap'
import type { SuiteDefinition } from '../suite-api/registry.js'
import { checkNeededOptions } from './check-options.js'

const options = new Set(['CONFIG_PCI', 'CONFIG_UDMABUF'])
const kernel = { series: '6.1', flavour: 'plain' }
const suiteWith = (needs: SuiteDefinition['options']['needs']): SuiteDefinition => ({
  title: 'toy',
  options: {},
  tests: [{ name: 'maps', options: { needs: needs ?? {} }, body: () => undefined }],
})

void t.test('an option that no Kconfig of the kernel knows is a mistake', t => {
  const check = (needs: SuiteDefinition['options']['needs']) => () =>
    checkNeededOptions(suiteWith(needs), 'toy.suite.ts', kernel, options)
  t.doesNotThrow(check({ kconfig: ['CONFIG_PCI'] }))
  t.doesNotThrow(check({ kconfig: ['CONFIG_NEW'], since: '6.12' }), 'of another series')
  t.throws(check({ kconfig: ['CONFIG_UDMABUFF'] }), {
    code: 'SUITE_OPTIONS',
    exitCode: 2,
    message:
      'toy.suite.ts: "maps": needs.kconfig[0] should be an option that kernel 6.1 has, got "CONFIG_UDMABUFF". Did you mean "CONFIG_UDMABUF"?',
    remedy: /since: '6\.12'/,
  })
  t.end()
})
