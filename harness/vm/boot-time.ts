import { hostSlowness, scaled, scaledHere } from '../platform/waiting/deadlines.js'
import { readHint } from '../platform/files/lenient-json.js'
import { writeAtomically } from '../platform/files/write-atomically.js'
import type { MachineSpec } from './spec.js'

/** Longest silence during a kernel's first boot; emulation scales it (see `scaled`). */
const UNKNOWN_SILENCE_MS = 12_000
/** For later boots: a multiple of the last; a debug kernel is silent for a quarter of its own. */
const TIMES = 8
const LEAST_MS = 10_000

/** Longest time, in milliseconds, without console output before a booting guest is given up. */
export async function longestSilenceMs(spec: MachineSpec): Promise<number> {
  const longest = scaled(UNKNOWN_SILENCE_MS, spec.accelerator)
  const known = await bootMs(spec)
  return known === undefined
    ? longest
    : Math.min(longest, scaledHere(Math.max(LEAST_MS, TIMES * known)))
}

/**
 * Saves how long a kernel took to boot, scaled to an idle host. Write errors are ignored.
 * @param tookMs from QEMU's start until the guest was ready
 */
export async function keepBootTime(
  { bootTime, accelerator }: MachineSpec,
  tookMs: number,
): Promise<void> {
  if (bootTime === undefined) return
  const kept = await readHint(bootTime)
  const ms = Math.ceil(tookMs / hostSlowness())
  const known = msOf(kept[accelerator])
  // Within a factor of two the saved value serves as well.
  if (known !== undefined && known >= ms / 2 && known <= ms * 2) return
  await writeAtomically(bootTime, JSON.stringify({ ...kept, [accelerator]: ms })).catch(
    () => undefined,
  )
}

async function bootMs({ bootTime, accelerator }: MachineSpec): Promise<number | undefined> {
  return bootTime === undefined ? undefined : msOf((await readHint(bootTime))[accelerator])
}

// Not checked by zod, which workers do not load.
const msOf = (value: unknown): number | undefined =>
  typeof value === 'number' && value > 0 ? value : undefined
