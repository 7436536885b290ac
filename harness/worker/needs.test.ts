import t from 'tap'
import { namedIn, optionsIn } from '../platform/text/kernel-config.js'
import { unmetNeed } from './needs.js'

const kernel = { series: '6.12', release: '6.12.117', flavour: 'plain' }

t.test('what a test needs is compared as numbers, not as text', async t => {
  t.equal(unmetNeed(undefined, kernel), undefined)
  t.equal(unmetNeed({ since: '6.2' }, kernel), undefined)
  t.equal(unmetNeed({ since: '7.2' }, kernel), 'needs kernel 7.2 or newer')
  t.equal(unmetNeed({ until: '6.2' }, kernel), 'applies up to kernel 6.2')
  t.equal(unmetNeed({ until: '6.12' }, kernel), undefined)
})

t.test('a flavour that is not among those needed is the reason', async t => {
  t.equal(unmetNeed({ flavours: ['debug', 'race'] }, kernel), 'needs flavour debug or race')
  t.equal(unmetNeed({ flavours: ['plain'] }, kernel), undefined)
})

t.test('an option that the kernel lacks is the reason', async t => {
  const options = optionsIn('CONFIG_PCI=y\nCONFIG_UHID=m\n# CONFIG_USB is not set\nCONFIG_HZ=250\n')
  const of = (...kconfig: string[]) => unmetNeed({ kconfig }, { ...kernel, options })
  t.equal(of('CONFIG_PCI', 'CONFIG_UHID'), undefined)
  t.equal(
    of('CONFIG_PCI', 'CONFIG_USB', 'CONFIG_HZ'),
    'needs a kernel with CONFIG_USB and CONFIG_HZ',
  )
  t.equal(unmetNeed({ kconfig: ['CONFIG_USB'] }, kernel), undefined, 'before it is built')
})

t.test('an option that the configuration does not even list may be misspelt', async t => {
  const config = 'CONFIG_PCI=y\nCONFIG_HZ=250\n# CONFIG_USB is not set\n# CONFIG_A is no option\n'
  const built = { ...kernel, options: optionsIn(config), known: namedIn(config) }
  const of = (...kconfig: string[]) => unmetNeed({ kconfig }, built)
  t.equal(of('CONFIG_USB', 'CONFIG_HZ'), 'needs a kernel with CONFIG_USB and CONFIG_HZ')
  t.equal(
    of('CONFIG_USB', 'CONFIG_PIC'),
    'needs a kernel with CONFIG_USB and CONFIG_PIC; the .config of this one lists no CONFIG_PIC. Did you mean "PCI"?',
  )
  t.match(of('CONFIG_A', 'CONFIG_NOSUCH'), /lists no CONFIG_A and no CONFIG_NOSUCH$/)
})
