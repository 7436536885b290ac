import { harnessError } from '../../platform/errors.js'
import type { Guest } from '../../guest/index.js'
import type { MachineSpec } from '../../vm/index.js'

/** init/initramfs.c; what came after the file that failed is missing. */
const NOT_UNPACKED = /^Initramfs unpacking failed: .{1,200}$/

/** @throws ModproveError `GUEST_FILES_MISSING` if the kernel did not unpack all of the initramfs */
export async function requireWholeFiles(
  { log }: { readonly log: Pick<Guest['log'], 'barrier' | 'since'> },
  { memoryMiB }: Pick<MachineSpec, 'memoryMiB'>,
): Promise<void> {
  await log.barrier()
  const said = log.since(-1).find(each => each.facility === 0 && NOT_UNPACKED.test(each.text))
  if (said === undefined) return
  throw harnessError(
    'GUEST_FILES_MISSING',
    "the guest's file system is full: some of its files are missing",
    {
      detail: said.text,
      remedy: `Files take half of its memory at most: give it more than ${memoryMiB} MiB, "machine": { "memory": "${2 * memoryMiB}M" }, or leave out packages and files of "guest"`,
    },
  )
}
