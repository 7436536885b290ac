import { open, stat, writeFile } from 'node:fs/promises'
import { constants } from 'node:fs'
import { join } from 'node:path'
import { startCountdown, scaledHere } from '../platform/waiting/deadlines.js'
import { isThere } from '../platform/files/is-there.js'
import { onAbort } from '../platform/waiting/on-abort.js'
import { privateFolder } from '../platform/files/private-folder.js'
import type { Account } from '../platform/process/owned.js'
import { escapeTerminal } from '../platform/text/text.js'
import { confinement, processor } from './command-line.js'
import type { MachineEnd } from '../contract/machine-end.js'
import { describeEnd } from './end.js'
import { QemuProcess } from './qemu-process.js'
import { ANSWER_PORT, ANSWER_STATUS, trialGuest } from './trial-guest.js'

/** The trial guest takes 0.1 s on hardware virtualization. */
const TRIAL_MS = 5_000

export interface TrialOptions {
  readonly account?: Account | undefined
  readonly signal?: AbortSignal | undefined
  readonly deadlineMs?: number
}

/** Returns why QEMU's account cannot open /dev/kvm; undefined when it can. */
export async function kvmClosedTo(account: Account | undefined): Promise<string | undefined> {
  const device = await stat('/dev/kvm').catch(() => undefined)
  if (device === undefined) return 'there is no /dev/kvm'
  const isOpen =
    account === undefined
      ? await isThere('/dev/kvm', constants.R_OK | constants.W_OK)
      : mayOpen(account, device)
  if (isOpen) return undefined
  const who = account === undefined ? 'this user' : `user ${account.uid}, whom QEMU runs as,`
  const mode = (device.mode & 0o777).toString(8)
  return `${who} may not open /dev/kvm (mode ${mode}, user ${device.uid}, group ${device.gid})`
}

function mayOpen(account: Account, device: { mode: number; uid: number; gid: number }): boolean {
  const inGroup = account.gid === device.gid || account.groups.includes(device.gid)
  const shift = account.uid === device.uid ? 6 : inGroup ? 3 : 0
  return ((device.mode >> shift) & 0o6) === 0o6
}

/**
 * Runs the trial guest on KVM with the CPU that machines get: on some hosts `/dev/kvm` opens and
 * creates machines that never run.
 * @returns why the trial failed; undefined when it passed
 */
export async function tryKvm(
  binary: string,
  options: TrialOptions = {},
): Promise<string | undefined> {
  options.signal?.throwIfAborted()
  const deadlineMs = options.deadlineMs ?? scaledHere(TRIAL_MS)
  const qemu = await startTrial(binary, options.account)
  using _stop = onAbort(options.signal, () => qemu.kill('the run was interrupted'))
  const late = `its trial guest did not finish within ${deadlineMs / 1000} s`
  using _limit = startCountdown(deadlineMs, () => qemu.kill(late))
  // Even a vCPU stuck in the host's kernel could be killed in every case seen.
  const end = await qemu.ended
  options.signal?.throwIfAborted()
  return judge(end)
}

async function startTrial(binary: string, account: Account | undefined): Promise<QemuProcess> {
  await using folder = await privateFolder()
  const path = join(folder.path, 'trial.bin')
  await writeFile(path, trialGuest())
  const firmware = await open(path, 'r')
  try {
    await firmware.chmod(0o444)
    const args = [
      ...['-M', 'microvm,acpi=off', '-accel', 'kvm', '-cpu', processor('kvm'), '-m', '16M'],
      ...confinement,
      // Descriptor 3 is the firmware, whose name may be deleted before a slow QEMU opens it.
      ...['-bios', '/proc/self/fd/3'],
      ...['-device', `isa-debug-exit,iobase=${ANSWER_PORT},iosize=1`],
    ]
    const descriptors = [firmware.fd]
    return new QemuProcess(binary, args, account ? { account, descriptors } : { descriptors })
  } finally {
    await firmware.close()
  }
}

function judge(end: MachineEnd): string | undefined {
  if (end.how === 'killed') return end.why
  if (end.how !== 'qemu') return `its trial machine ${describeEnd(end)}`
  if (end.exitCode === ANSWER_STATUS) return undefined
  const firstLine = escapeTerminal(end.stderr.split('\n', 1)[0] ?? '', 300)
  return `its trial machine ${describeEnd(end)}${firstLine === '' ? '' : `: ${firstLine}`}`
}
