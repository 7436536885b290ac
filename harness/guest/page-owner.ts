import { harnessError } from '../platform/errors.js'
import type { GuestAccess } from './access.js'

const FILE = '/sys/kernel/debug/page_owner'
/** Of records that an empty line ends. A read must fit a whole one (mm/page_owner.c): cat's do. */
const OF_MODULES = String.raw`set -o pipefail; cat ${FILE} | awk 'BEGIN { RS = ""; ORS = "\n\n" } /\[[A-Za-z0-9_]+\]|\n 0x[0-9a-f]+/'`

/**
 * Records of allocated pages with a module on their stacks; undefined if the kernel keeps none.
 * @throws ModproveError `PAGE_OWNER_UNREADABLE`
 */
export async function readPageOwner(
  guest: Pick<GuestAccess, 'exec' | 'exists'>,
): Promise<string | undefined> {
  if (!(await guest.exists(FILE))) return undefined
  const { code, stdout, stderr } = await guest.exec(OF_MODULES)
  if (code !== 0)
    throw harnessError('PAGE_OWNER_UNREADABLE', `page_owner cannot be read: ${stderr.trim()}`)
  return stdout
}
