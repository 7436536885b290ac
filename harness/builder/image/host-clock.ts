import { packageRoot } from '../../platform/files/package-root.js'
import { script } from '../../platform/process/script.js'
import { requireHostProgram } from './own-programs.js'
import type { Work } from '../types.js'

const source = `${packageRoot}/harness/builder/image/host-clock.c`
const KHZ_A_MHZ = 1000

let known: Promise<number> | undefined

/**
 * The program that measures a host's TSC; undefined where processors have none.
 * @throws ModproveError `HOST_PROGRAM_DOES_NOT_COMPILE`
 */
export const requireHostClock = async (work: Work): Promise<string | undefined> =>
  process.arch === 'x64' ? requireHostProgram('host-clock', source, work) : undefined

/**
 * Measures the TSC rate of this host, which an emulated guest sees (QEMU's cpu_get_tsc()), in kHz;
 * rounded to MHz, so that readings agree; undefined without a TSC. On a busy host a guest's own
 * measurement against an emulated timer fails.
 * @param program of {@link requireHostClock}
 */
export async function timeStampKhz(
  program: string | undefined,
  work: Work,
): Promise<number | undefined> {
  if (program === undefined) return undefined
  known ??= measured(program, work)
  known.catch(() => (known = undefined))
  return known
}

async function measured(program: string, work: Work): Promise<number> {
  const { stdout } = await script({ signal: work.signal })`${program}`.catch((error: unknown) => {
    work.signal.throwIfAborted()
    throw error
  })
  return Math.round(Number(stdout) / KHZ_A_MHZ) * KHZ_A_MHZ
}
