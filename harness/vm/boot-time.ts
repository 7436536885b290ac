import { readFile } from 'node:fs/promises'
import { hostSlowness, scaled, scaledHere } from '../platform/deadlines.js'
import { writeWhole } from '../platform/write-whole.js'
import type { MachineSpec } from './spec.js'

/** Longest silence on the way up of a kernel that nobody has seen boot: see `scaled` for an emulated one. */
const UNKNOWN_SILENCE_MS = 12_000
/** Of one that has booted: so many times the whole of that boot. A debug kernel is silent for a quarter of its own. */
const TIMES = 8
const LEAST_MS = 10_000

/** How long, in milliseconds, a guest may print nothing before it is given up. */
export async function longestSilenceMs(spec: MachineSpec): Promise<number> {
  const longest = scaled(UNKNOWN_SILENCE_MS, spec.accelerator)
  const known = await bootMs(spec)
  return known === undefined
    ? longest
    : Math.min(longest, scaledHere(Math.max(LEAST_MS, TIMES * known)))
}

/**
 * Keeps how long a kernel took, as it would have on an idle host. One that cannot be kept is no fault of the machine's.
 * @param tookMs from QEMU's start until the guest was ready
 */
export async function keepBootTime(
  { bootTime, accelerator }: MachineSpec,
  tookMs: number,
): Promise<void> {
  if (bootTime === undefined) return
  const kept = await read(bootTime)
  const ms = Math.ceil(tookMs / hostSlowness())
  const known = Number(kept[accelerator])
  // Not each boot is written: what is within a factor of two serves as well.
  if (known >= ms / 2 && known <= ms * 2) return
  await writeWhole(bootTime, JSON.stringify({ ...kept, [accelerator]: ms })).catch(() => undefined)
}

async function bootMs({ bootTime, accelerator }: MachineSpec): Promise<number | undefined> {
  const known = bootTime === undefined ? undefined : (await read(bootTime))[accelerator]
  return typeof known === 'number' && known > 0 ? known : undefined
}

/** What cannot be read is as good as none. */
async function read(path: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'))
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
