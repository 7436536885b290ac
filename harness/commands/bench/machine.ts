import { readFile } from 'node:fs/promises'
import { privateFolder } from '../../platform/files/private-folder.js'
import { connectMachine, type ConnectedMachine } from '../../session/start/boot.js'
import type { MachineSetup } from '../../session/job.js'

const KIB_A_MIB = 1024
export const sayNothing = (): void => undefined

/** Runs `act` with a machine, and ends the machine. */
export async function withMachine<T>(
  setup: MachineSetup,
  signal: AbortSignal,
  act: (reached: ConnectedMachine) => Promise<T>,
): Promise<T> {
  await using folder = await privateFolder()
  const reached = await connectMachine(setup, folder.path, signal, sayNothing)
  try {
    return await act(reached)
  } finally {
    await reached.guest.close()
    await reached.machine.quit()
  }
}

/** The same machine setup without its template: machines boot. */
export function coldOf(setup: MachineSetup): MachineSetup {
  const { template, ...rest } = setup
  return template === undefined ? setup : rest
}

/** Milliseconds from QEMU's start until a command can be run; excludes the machine's end. */
export async function readiness(setup: MachineSetup, signal: AbortSignal): Promise<number> {
  const since = performance.now()
  return withMachine(setup, signal, () => Promise.resolve(performance.now() - since))
}

/** Proportional set size: shared pages are divided among their users (proc_pid_smaps(5)). */
export async function pssMiB(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8')
  return Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0) / KIB_A_MIB
}
