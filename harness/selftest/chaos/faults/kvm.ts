import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { withKvmDevice, kvmMustLie } from '../kvm-device.js'
import type { Fault } from '../fault.js'
import type { Lab } from '../lab.js'
import { privateCache } from '../private-cache.js'
import { logTools } from '../tool-log.js'

const QEMU = 'qemu-system-x86_64'
const WHY = /^.*KVM does not run guests here \(.*\); using emulation$/gm

/** Simulates such a host: the KVM trial's machine is never started. */
const NEVER_RUNS = [
  'case " $* " in *" -accel kvm "*)',
  '  for word do shift; case $word in kvm) word=tcg;; host) word=max;; esac; set -- "$@" "$word"; done',
  '  set -- "$@" -S',
  'esac',
].join('\n')

export const kvmFault: Fault = {
  row: 1,
  name: 'kvm',
  fault: '/dev/kvm opens, but its guests never run',
  expected: 'emulation, one line why once a host, and the answer is remembered',
  make: async lab => {
    const cache = await privateCache(lab)
    await prove(lab, cache, 'a QEMU whose KVM guests never run', 'null', NEVER_RUNS)
    if (!(await kvmMustLie())) return
    await rm(join(cache, 'accelerator.json'))
    await prove(lab, cache, "this host's own /dev/kvm", 'kvm', '')
  },
}

async function prove(
  lab: Lab,
  cache: string,
  what: string,
  device: 'kvm' | 'null',
  instead: string,
): Promise<void> {
  await using tools = await logTools([QEMU], instead)
  const folder = join(lab.root, `dev-${device}`)
  await mkdir(folder)
  const run = async (...more: string[]) =>
    lab.run(['run', 'lost', '--grep', 'before', ...more], {
      env: { MODPROVE_CACHE: cache, ...tools.env },
      wrapper: await withKvmDevice(folder, device),
    })
  const trials = async (): Promise<number> =>
    (await tools.calls()).filter(line => line.includes(' -accel kvm ')).length
  let why = ''
  for (const time of ['first', 'second'] as const) {
    const ended = await run()
    const at = `${what}, ${time} run`
    lab.expect(ended, { lost: { before: 'pass' } })
    const accelerator = ended.view?.start.host.accelerator
    lab.check(`${at}: emulation`, accelerator === 'tcg', String(accelerator))
    const lines = ended.output.match(WHY) ?? []
    const told = time === 'first' ? 1 : 0
    lab.check(`${at}: why in ${told} lines`, lines.length === told, ended.output)
    why ||= lines[0] ?? ''
    lab.check(`${at}: KVM was tried once in all`, (await trials()) === 1, String(await trials()))
  }
  const wanted = await run('--accel', 'kvm')
  lab.exits(wanted, 3, `${what}: who insists on it is refused: `)
  lab.match(`${what}: and told why`, wanted.output, /KVM does not run guests here/)
  lab.check(`${what}: without another try`, (await trials()) === 1, String(await trials()))
  lab.tell(`${what}: ${why.trim()}; tried once in three runs`)
}
