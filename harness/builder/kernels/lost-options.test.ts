import t from 'tap'
import { parseFragment } from './fragment.js'
import { refuseLostOptions } from './lost-options.js'

const requested = parseFragment(
  'CONFIG_KASAN=y\nCONFIG_NR_CPUS=8\nCONFIG_IPV6=n\nCONFIG_DEBUG_SG=y',
  'images/config/debug.config',
)
const config = '# CONFIG_KASAN is not set\nCONFIG_NR_CPUS=64\nCONFIG_SLUB=y\n'

void t.test('a configuration that keeps what was asked for passes', t => {
  const kept = 'CONFIG_KASAN=y\nCONFIG_NR_CPUS=8\n# CONFIG_IPV6 is not set\nCONFIG_DEBUG_SG=y\n'
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
        'images/config/debug.config:4: CONFIG_DEBUG_SG=y became unknown to this kernel, or its dependencies are not met',
      ].join('\n'),
    },
  )
  t.end()
})
