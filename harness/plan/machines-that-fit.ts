import { availableParallelism } from 'node:os'
import type { Flavour } from '../builder/index.js'
import { harnessError } from '../platform/errors.js'
import { freeMemory, type FreeMemory } from '../platform/host/free-memory.js'

/** In addition to the guest's memory: QEMU, and its worker. */
export const OF_A_MACHINE_MIB = 400
const MIB = 1024 ** 2

/**
 * How many machines fit into free memory, if each may be of the largest of these flavours.
 *
 * @param wanted the user's choice: then at least one machine counts as fitting
 * @throws ModproveError `NO_MEMORY` when not even one fits
 */
export async function machinesThatFit(
  flavours: readonly Pick<Flavour, 'name' | 'memoryMiB'>[],
  wanted: number | undefined,
  memory: () => Promise<FreeMemory> = freeMemory,
): Promise<number> {
  const [largest] = [...flavours].sort((a, b) => b.memoryMiB - a.memoryMiB)
  if (largest === undefined) return 1
  const needMiB = largest.memoryMiB + OF_A_MACHINE_MIB
  const { bytes, limit } = await memory()
  const fit = Math.floor(bytes / MIB / needMiB)
  if (fit > 0 || wanted !== undefined) return Math.max(1, fit)
  const where =
    limit === undefined ? '' : ` of the ${inMib(limit.bytes)} that ${limit.group} may use`
  throw harnessError(
    'NO_MEMORY',
    `Not even one machine fits into memory: one of flavour ${largest.name} takes up to ${needMiB} MiB, and ${inMib(bytes)}${where} are free`,
    {
      remedy:
        limit === undefined
          ? 'End other programs, or try anyway with --jobs 1'
          : 'Raise the limit (memory of a container or a service), or try anyway with --jobs 1',
    },
  )
}

const inMib = (bytes: number): string => `${Math.floor(bytes / MIB)} MiB`

/** Machines side by side: as many as were requested, else one per core as far as they fit. */
export const machinesAtOnce = (wanted: number | undefined, fit: number): number =>
  wanted ?? Math.min(availableParallelism(), fit)
