import { usageError } from '../platform/errors.js'
import { compareVersions } from '../platform/text/version.js'
import type { Needs } from '../suite-api/registry.js'
import type { GuestKernel } from '../suite-api/test-guest.js'

/** Negative when `kernel` is older than the series that a test names. */
function compareSeries(kernel: string, named: string): number {
  if (!/^\d+\.\d+$/.test(named)) {
    const what = `A test needs the kernel series "${named}", which is not of the form 6.1.`
    throw usageError('BAD_NEEDS', what)
  }
  return compareVersions(kernel, named)
}

/** Why a test does not apply to this kernel, or undefined when it does. */
export function unmetNeed(
  needs: Needs | undefined,
  kernel: Pick<GuestKernel, 'series' | 'flavour'>,
): string | undefined {
  if (needs === undefined) return undefined
  const { flavours, since, until } = needs
  if (flavours !== undefined && !flavours.includes(kernel.flavour)) {
    return `needs flavour ${flavours.join(' or ')}`
  }
  if (since !== undefined && compareSeries(kernel.series, since) < 0)
    return `needs kernel ${since} or newer`
  if (until !== undefined && compareSeries(kernel.series, until) > 0)
    return `applies up to kernel ${until}`
  return undefined
}

/**
 * A misspelled flavour would skip a test for ever.
 * @throws ModproveError `BAD_NEEDS` (exit 2), which lists the known flavours
 */
export function checkFlavours(needs: Needs | undefined, known: readonly string[]): void {
  const unknown = needs?.flavours?.filter(flavour => !known.includes(flavour)) ?? []
  if (unknown.length === 0) return
  const what = `A test needs the flavour "${unknown.join('", "')}", which does not exist.`
  throw usageError('BAD_NEEDS', what, { remedy: `Known flavours: ${known.join(', ')}` })
}
