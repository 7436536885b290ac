import { readdir, readFile, stat } from 'node:fs/promises'
import { release } from 'node:os'
import { good, type Check } from './host-checks.js'

const MODULES = ['kvm_intel', 'kvm_amd']
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
  const parameters = (await Promise.all(MODULES.map(parametersOf))).flat()
  return [
    good(`processor: ${field('model name')}, microcode ${field('microcode')}; ${has.join(', ')}`),
    good(
      `Linux ${release()}, clock ${await read(CLOCK)}; ${parameters.join(' ') || 'neither kvm_intel nor kvm_amd is loaded'}`,
    ),
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
