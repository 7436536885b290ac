import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Accelerator, AcceleratorRequest } from '../contract/accelerator.js'
import { harnessError } from '../platform/errors.js'
import { readHint } from '../platform/files/lenient-json.js'
import { cacheFolder } from '../platform/files/cache-folder.js'
import type { Progress } from '../platform/terminal/progress.js'
import { writeAtomically, writeJson } from '../platform/files/write-atomically.js'
import type { Account } from '../platform/process/owned.js'
import { findQemu, qemuAccount, qemuIdentity } from './qemu.js'
import { kvmClosedTo, tryKvm } from './kvm-trial.js'

export interface ChooseOptions {
  readonly signal?: AbortSignal
  /** Told why `auto` falls back to emulation; once per boot and reason. */
  readonly progress?: Pick<Progress, 'say'>
}

/** What {@link chooseAccelerator} asks of the host; tests replace it. */
export interface HostProbes {
  readonly findQemu: () => Promise<string>
  readonly account: () => Promise<Account | undefined>
  readonly kvmClosedTo: typeof kvmClosedTo
  readonly tryKvm: typeof tryKvm
  readonly memory: string
}

const thisHost = (): HostProbes => ({
  findQemu,
  account: qemuAccount,
  kvmClosedTo,
  tryKvm,
  memory: join(cacheFolder(), 'accelerator.json'),
})

/**
 * Chooses an accelerator: `tcg` needs no check, `kvm` must pass the trial, `auto` uses KVM if it
 * does.
 * @throws ModproveError `KVM_UNUSABLE` for an explicit `kvm`, `QEMU_MISSING`
 */
export async function chooseAccelerator(
  requested: AcceleratorRequest,
  options: ChooseOptions = {},
  host: HostProbes = thisHost(),
): Promise<Accelerator> {
  if (requested === 'tcg') return 'tcg'
  const why = await whyNotKvm(host, options.signal)
  if (why === undefined) return 'kvm'
  if (requested === 'kvm')
    throw harnessError('KVM_UNUSABLE', `KVM does not run guests here: ${why}`, {
      remedy:
        'use --accel tcg (slower), or a host with hardware virtualization, whose /dev/kvm QEMU may open (sudo usermod -aG kvm USER)',
    })
  await sayOnce(host, `KVM does not run guests here (${why}); using emulation`, options.progress)
  return 'tcg'
}

async function whyNotKvm(host: HostProbes, signal?: AbortSignal): Promise<string | undefined> {
  const binary = await host.findQemu()
  const account = await host.account()
  const closed = await host.kvmClosedTo(account)
  // Not cached: checking is cheap, and an administrator may change it.
  if (closed !== undefined) return closed
  const key = { bootId: await bootId(), qemu: await qemuIdentity(binary) }
  // Not checked by zod, which workers do not load.
  const known = await readHint(host.memory)
  const isKnown = known['bootId'] === key.bootId && known['qemu'] === key.qemu
  const reason = known['why']
  if (isKnown && (reason === undefined || typeof reason === 'string')) return reason
  const why = await host.tryKvm(binary, { account, signal })
  // Valid until the host reboots or QEMU changes; without a reason when KVM works.
  await writeJson(host.memory, { ...key, why })
  return why
}

const bootId = async (): Promise<string> =>
  (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim()

/** Reports a fallback once per boot; again when the reason changes. */
async function sayOnce(
  { memory }: HostProbes,
  line: string,
  progress: ChooseOptions['progress'],
): Promise<void> {
  const file = join(dirname(memory), 'accelerator-said')
  const record = `${await bootId()} ${line}\n`
  if (progress === undefined || (await readFile(file, 'utf8').catch(() => '')) === record) return
  progress.say(line)
  // If it cannot be saved, it is reported every time.
  await writeAtomically(file, record).catch(() => undefined)
}
