import t from 'tap'
import type { Needs, SuiteDefinition } from '../suite-api/registry.js'
import { checkKconfig } from './check-kconfig.js'

const Kconfig = 'config PROC_FS\n\tbool "proc"\n\tmenuconfig USB # host\nconfig RING_SYSFS_STATS\n'
process.env['MODPROVE_CACHE'] = t.testdir({ exports: { '6.1': { fs: { Kconfig } } } })

const known = new Set(['CONFIG_PCI'])
const kernel = { series: '6.1', release: '6.1.9', flavour: 'plain', known }
const { signal } = new AbortController()

/** Checks a suite that needs this, and tests that do. */
function checked(needs: Needs, ...tests: readonly Needs[]): Promise<void> {
  const suite: SuiteDefinition = {
    title: 'ring',
    options: { needs },
    tests: tests.map((needs, at) => ({ name: `${at}`, options: { needs }, body: () => undefined })),
  }
  return checkKconfig(suite, kernel, { file: 'suites/ring.suite.ts' }, signal)
}

t.test('an option that no kernel has, and that is like another, is misspelt', async t => {
  await t.rejects(checked({ kconfig: ['CONFIG_PROCFS'] }, {}, { kconfig: ['CONFIG_USBB'] }), {
    code: 'SUITE_OPTIONS',
    exitCode: 2,
    message: `suites/ring.suite.ts has 2 mistakes:
  the suite: no kernel here has an option CONFIG_PROCFS. Did you mean "PROC_FS"?
  "1": no kernel here has an option CONFIG_USBB. Did you mean "USB"?`,
    remedy: /needs: \{ since: … \}$/,
  })
})

t.test('one that this kernel lists or another has, or that is like none, is not', async t => {
  const options = ['CONFIG_PCI', 'CONFIG_USB', 'CONFIG_OF_A_KERNEL_THAT_IS_NOT_HERE']
  await t.resolves(checked({ kconfig: options }))
  await t.resolves(checked({}, { since: '6.12', kconfig: ['CONFIG_PROCFS'] }))
})
