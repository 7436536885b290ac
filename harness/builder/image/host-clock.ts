import { packageRoot } from '../../platform/files/package-root.js'
import { script } from '../../platform/process/script.js'
import { requireHostProgram } from './programs.js'
import type { Work } from '../types.js'

const source = `${packageRoot}/harness/builder/image/host-clock.c`
const KHZ_A_MHZ = 1000

let known: Promise<number> | undefined

/**
 * Measures the TSC rate of this host, which an emulated guest sees (QEMU's cpu_get_tsc()), in kHz;
 * rounded to MHz, so that readings agree; undefined without a TSC. On a busy host a guest's own
 * measurement against an emulated timer fails.
 * @throws ModproveError `HOST_PROGRAM_DOES_NOT_COMPILE`
 */
export async function timeStampKhz(work: Work): Promise<number | undefined> {
  if (process.arch !== 'x64') return undefined
  known ??= measured(work)
  known.catch(() => (known = undefined))
  return known
}

async function measured(work: Work): Promise<number> {
  const program = await requireHostProgram('host-clock', source, work)
  const { stdout } = await script({ signal: work.signal })`${program}`.catch((error: unknown) => {
    work.signal.throwIfAborted()
    throw error
  })
  return Math.round(Number(stdout) / KHZ_A_MHZ) * KHZ_A_MHZ
}
