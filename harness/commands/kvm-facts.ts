import { readdir, readFile, stat } from 'node:fs/promises'
import { release } from 'node:os'
import { escapeTerminal } from '../platform/text/text.js'
import { good, type Check } from './host-checks.js'

/** Of these, one is loaded where the processor can virtualize. */
const OF_VENDORS = ['kvm_intel', 'kvm_amd']
/** Who made this machine: for a guest, its hypervisor. */
const MADE_BY = ['/sys/class/dmi/id/sys_vendor', '/sys/class/dmi/id/product_name']
const CLOCK = '/sys/devices/system/clocksource/clocksource0/current_clocksource'
/** Flags of a processor, and what each means for KVM. */
const FLAGS: Readonly<Record<string, string>> = {
  vmx: 'VT-x',
  svm: 'AMD-V',
  hypervisor: 'this host is a guest itself',
  constant_tsc: 'constant TSC',
  nonstop_tsc: 'nonstop TSC',
}

/** What decides how KVM works here, for somebody who has no such host. */
export async function kvmFacts(): Promise<Check[]> {
  const [cpu = ''] = (await read('/proc/cpuinfo')).split('\n\n')
  const field = (name: string): string =>
    new RegExp(`^${name}\\s*: (.*)$`, 'm').exec(cpu)?.[1] ?? ''
  const flags = field('flags').split(' ')
  const has = Object.keys(FLAGS).map(flag => (flags.includes(flag) ? FLAGS[flag] : `no ${flag}`))
  const [common, ...ofVendors] = await Promise.all(['kvm', ...OF_VENDORS].map(parametersOf))
  const vendors = ofVendors.flat().join(' ') || `neither ${OF_VENDORS.join(' nor ')} is loaded`
  const identity = ['cpu family', 'model', 'stepping', 'microcode', 'address sizes']
  const made = (await Promise.all(MADE_BY.map(read))).join(' ')
  return [
    good(
      `processor: ${field('model name')}, ${identity.map(name => `${name} ${field(name)}`).join(', ')}; ${has.join(', ')}`,
    ),
    good(`its flags: ${flags.join(' ')}`),
    good(
      `Linux ${release()} on ${escapeTerminal(made, 200)}, clock ${await read(CLOCK)}; ${vendors}`,
    ),
    good(`kvm: ${common?.join(' ') || 'not loaded'}`),
    good(`/dev/kvm: ${await device()}`),
  ]
}

const read = async (path: string): Promise<string> =>
  (await readFile(path, 'utf8').catch(() => 'unknown')).trim()

/** `kvm_amd.nested=1 …`; empty for a module that is not loaded. */
async function parametersOf(module: string): Promise<string[]> {
  const folder = `/sys/module/${module}/parameters`
  const names = (await readdir(folder).catch(() => [])).sort()
  return Promise.all(
    names.map(async name => `${module}.${name}=${await read(`${folder}/${name}`)}`),
  )
}

async function device(): Promise<string> {
  const found = await stat('/dev/kvm').catch(() => undefined)
  if (found === undefined) return 'missing'
  const mode = (found.mode & 0o777).toString(8)
  const groups = process.getgroups?.() ?? []
  return `mode ${mode}, user ${found.uid}, group ${found.gid}; this is user ${process.getuid?.()}, groups ${groups.join(' ')}`
}
