import { readPageOwner } from '../guest/index.js'
import { usageError } from '../platform/errors.js'
import { pagesOfModules } from '../verdict/index.js'
import type { TestGuest } from './test-guest.js'

/**
 * Frame numbers of the pages that the loaded modules have allocated, one for each allocation;
 * without slabs, and without what the kernel keeps for others.
 *
 * @throws ModproveError `NO_PAGE_OWNER`
 */
export async function modulePages(guest: TestGuest): Promise<bigint[]> {
  const text = await readPageOwner(guest)
  if (text === undefined) {
    const { flavour } = guest.kernel
    throw usageError(
      'NO_PAGE_OWNER',
      `A kernel of flavour ${flavour} does not note pages' owners.`,
      {
        remedy: "Let the test need a flavour that does: { needs: { flavours: ['poison'] } }",
      },
    )
  }
  return pagesOfModules(text, guest.modules.built).map(({ frame }) => frame)
}
