import { compareVersions } from '../platform/text/version.js'
import type { Needs } from '../suite-api/registry.js'
import type { GuestKernel } from '../suite-api/test-guest.js'

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
  if (since !== undefined && compareVersions(kernel.series, since) < 0)
    return `needs kernel ${since} or newer`
  if (until !== undefined && compareVersions(kernel.series, until) > 0)
    return `applies up to kernel ${until}`
  return undefined
}
