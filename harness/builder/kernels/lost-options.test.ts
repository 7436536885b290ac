import t, { type Test } from 'tap'
import { parseFragment, parseOption, type ConfigOption } from './fragment.js'
import { refuseLostOptions } from './lost-options.js'

const KCONFIG = `
config MODULES
	bool "Modules"

source "drivers/Kconfig"
source "arch/$(SRCARCH)/Kconfig"
`
const DRIVERS = `
menuconfig MEDIA_SUPPORT
	tristate "Multimedia support"
	depends on HAS_IOMEM
	help
	  If you want to use webcams, say Y.
	  depends on nothing

if MEDIA_SUPPORT

config MEDIA_FILTER
	bool "Filter" if !CAMERA
	default y

menu "Core"
	visible if !MEDIA_FILTER

config VIDEO_DEV
	tristate "Video4Linux core"
	default n
	depends on CAMERA || (RADIO && SDR) || COMPILE_TEST

config CAMERA
	bool "Cameras"

endmenu

endif

config HELPER
	tristate
	depends on MEDIA_SUPPORT

config TUNER
	tristate
	depends on CAMERA && MODULES
	default VIDEO_DEV if !RADIO
	default y if SDR

config DISH
	bool "Dish"
	depends on TUNER

config USER
	bool "User"
	select HELPER if MEDIA_SUPPORT
	select ALWAYS

config ALWAYS
	bool "Always"
	help
	Needed by all:

	  if unsure, say Y;
	if not, say Y.
	depends on nothing
config AFTER
	bool "After"
	depends on MODULES
`
const ARCH = 'config HAS_IOMEM\n\tdef_bool y\nconfig NR_CPUS\n\tint "CPUs" if SMP\n\trange 2 8\n'

/** The refusal of these lines by a kernel of this configuration. */
async function refusal(t: Test, lines: string, config = '', listed: readonly ConfigOption[] = []) {
  const tree = t.testdir({
    Kconfig: KCONFIG,
    drivers: { Kconfig: DRIVERS },
    arch: { x86: { Kconfig: ARCH } },
  })
  const requested = parseFragment(lines, 'kconfig')
  const kernel = { kernel: '6.1.192 plain', tree, config }
  return refuseLostOptions(kernel, [...requested, ...listed]).then(
    () => undefined,
    (error: { detail?: string; remedy?: string }) => error,
  )
}
const IOMEM = 'CONFIG_HAS_IOMEM=y\n'

void t.test('a configuration that keeps what was asked for passes', async t => {
  const kept = 'CONFIG_KASAN=y\nCONFIG_NR_CPUS=8\n# CONFIG_IPV6 is not set\nCONFIG_A=m\n'
  const asked = 'CONFIG_KASAN=y\nCONFIG_NR_CPUS=8\nCONFIG_IPV6=n\nCONFIG_A=m'
  t.equal(await refusal(t, asked, kept), undefined)
})

void t.test('the refusal names each lost option, its line, what it became and why', async t => {
  const lines = 'CONFIG_CAMRA=y\nCONFIG_HELPER=m\nCONFIG_USER=m\nCONFIG_ALWAYS=n\nCONFIG_MODULES=y'
  t.match(await refusal(t, lines, 'CONFIG_ALWAYS=y\nCONFIG_USER=y\nCONFIG_MODULES=y\n'), {
    code: 'OPTIONS_LOST',
    exitCode: 2,
    message: 'Kernel 6.1.192 plain does not take 4 of the 5 requested options',
    detail: [
      'kconfig:1: CONFIG_CAMRA=y became n: this kernel has no such option. Did you mean CAMERA?',
      'kconfig:2: CONFIG_HELPER=m became n: it cannot be set, but is by others: CONFIG_USER',
      'kconfig:3: CONFIG_USER=m became y: it cannot be a module',
      'kconfig:4: CONFIG_ALWAYS=n became y: it is set by CONFIG_USER',
    ].join('\n'),
    remedy: 'Add to kconfig:\n  CONFIG_USER=y',
  })
})

void t.test('what an option depends on is named, with the lines to add, those first', async t => {
  const none = await refusal(t, 'CONFIG_VIDEO_DEV=m', IOMEM)
  t.match(none, {
    detail:
      'kconfig:1: CONFIG_VIDEO_DEV=m became n: it depends on MEDIA_SUPPORT, which is n, and CAMERA || (RADIO && SDR) || COMPILE_TEST (CAMERA is n)',
    remedy: /\n {2}CONFIG_MEDIA_SUPPORT=y\n {2}CONFIG_CAMERA=y$/,
  })
  const some = 'CONFIG_VIDEO_DEV=m\nCONFIG_CAMERA=y'
  t.match(await refusal(t, some, `${IOMEM}CONFIG_MEDIA_SUPPORT=y\n`), {
    detail: /VIDEO_DEV.*CAMERA is n.*\n.*CONFIG_CAMERA=y became n/,
  })
})

void t.test('of an option that its defaults set, what they need is named', async t => {
  const asked = 'CONFIG_TUNER=y\nCONFIG_DISH=y'
  const config = `${IOMEM}CONFIG_MEDIA_SUPPORT=y\nCONFIG_MODULES=y\n`
  t.match(await refusal(t, asked, config), {
    detail: [
      'kconfig:1: CONFIG_TUNER=y became n: it cannot be set, but comes with CAMERA && MODULES (CAMERA is n) and VIDEO_DEV, which is n',
      'kconfig:2: CONFIG_DISH=y became n: it depends on TUNER, which is n',
    ].join('\n'),
    remedy: 'Add to kconfig:\n  CONFIG_CAMERA=y\n  CONFIG_VIDEO_DEV=y',
  })
  t.match(await refusal(t, 'CONFIG_DISH=y', config), {
    remedy: 'Add to kconfig:\n  CONFIG_CAMERA=y\n  CONFIG_VIDEO_DEV=y',
  })
})

void t.test('of options that select one, that is added which can be set', async t => {
  t.match(await refusal(t, 'CONFIG_HELPER=y', IOMEM), {
    detail: /HELPER=y became n: it cannot be set, but is by others: CONFIG_USER$/,
    remedy: 'Add to kconfig:\n  CONFIG_USER=y\n  CONFIG_MEDIA_SUPPORT=y',
  })
  // Without HAS_IOMEM, which no line sets, there is no such option.
  t.match(await refusal(t, 'CONFIG_HELPER=y'), { remedy: /^Correct these lines/ })
})

void t.test('what a help text says is no condition', async t => {
  t.match(await refusal(t, 'CONFIG_MEDIA_SUPPORT=y'), {
    detail: /it depends on HAS_IOMEM, which is n$/,
  })
  // As deep as the word `help`, its text may have lines that begin as a block does.
  t.match(await refusal(t, 'CONFIG_ALWAYS=y\nCONFIG_AFTER=y', 'CONFIG_ALWAYS=y\n'), {
    detail: 'kconfig:2: CONFIG_AFTER=y became n: it depends on MODULES, which is n',
  })
})

void t.test('a condition of its menu counts, and what must be off is named', async t => {
  const config = `${IOMEM}CONFIG_MEDIA_SUPPORT=y\nCONFIG_MEDIA_FILTER=y\n`
  t.match(await refusal(t, 'CONFIG_CAMERA=y', config), {
    detail: /it depends on !MEDIA_FILTER \(MEDIA_FILTER is y\)/,
    remedy: /CONFIG_MEDIA_FILTER=n/,
  })
})

void t.test('a value that an option does not take is reported as such', async t => {
  t.match(await refusal(t, 'CONFIG_NR_CPUS=64', 'CONFIG_SMP=y\nCONFIG_NR_CPUS=8\n'), {
    detail: 'kconfig:1: CONFIG_NR_CPUS=64 became 8: its value is not one that it takes',
    remedy: /^Correct these lines in kconfig, or write behind each/,
  })
})

void t.test('the lines to add are told by the list or the file that they belong to', async t => {
  const list = '"kconfig" of modprove.config.ts'
  const listed = [
    { ...parseOption('CONFIG_VIDEO_DEV=m', 'modprove.config.ts:5: kconfig[0]'), list },
  ]
  t.match(await refusal(t, 'CONFIG_AFTER=y', IOMEM, listed), {
    detail: /^kconfig:1: CONFIG_AFTER.*\nmodprove\.config\.ts:5: kconfig\[0\]: CONFIG_VIDEO_DEV=m/,
    remedy: [
      'Add to kconfig:\n  CONFIG_MODULES=y',
      `Add to ${list}:\n  "CONFIG_MEDIA_SUPPORT=y",\n  "CONFIG_CAMERA=y",`,
    ].join('\n'),
  })
})
