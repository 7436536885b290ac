import { availableParallelism } from 'node:os'
import type { Flavour } from '../builder/index.js'
import { harnessError } from '../platform/errors.js'
import { freeMemory, type FreeMemory } from '../platform/free-memory.js'

/** Beside the guest's memory: QEMU, and the worker that drives it. */
const OF_A_MACHINE_MIB = 400
const MIB = 1024 ** 2

/**
 * How many machines have room in the memory that is free now, when each may be the largest of these flavours.
 *
 * @param wanted how many a person asked for, who may know better: then one fits in any case
 * @throws ModproveError `NO_MEMORY` when not even one does
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
          ? 'End something else, or try it all the same with --jobs 1'
          : 'Raise the limit (memory of a container or a service), or try it all the same with --jobs 1',
    },
  )
}

const inMib = (bytes: number): string => `${Math.floor(bytes / MIB)} MiB`

/** Machines side by side: one a core, as far as they fit, or as many as were asked for. */
export const machinesAtOnce = (wanted: number | undefined, fit: number): number =>
  wanted ?? Math.min(availableParallelism(), fit)
