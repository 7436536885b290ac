import { didYouMean } from '../platform/names/did-you-mean.js'
import { compareVersions } from '../platform/text/version.js'
import type { Needs } from '../suite-api/registry.js'
import type { GuestKernel } from '../suite-api/test-guest.js'

/** A kernel as far as tests may need something of it. */
export interface TestedKernel extends Pick<GuestKernel, 'series' | 'flavour'> {
  /** Names of its options that are `y` or `m`; all, if it is not built yet. */
  readonly options?: ReadonlySet<string>
  /** Names of all that its configuration lists: those whose dependencies it has. */
  readonly known?: ReadonlySet<string>
}

/** Why a test does not apply to this kernel, or undefined when it does. */
export function unmetNeed(needs: Needs | undefined, kernel: TestedKernel): string | undefined {
  if (needs === undefined) return undefined
  const { flavours, kconfig = [], since, until } = needs
  if (flavours !== undefined && !flavours.includes(kernel.flavour)) {
    return `needs flavour ${flavours.join(' or ')}`
  }
  if (since !== undefined && compareVersions(kernel.series, since) < 0)
    return `needs kernel ${since} or newer`
  if (until !== undefined && compareVersions(kernel.series, until) > 0)
    return `applies up to kernel ${until}`
  const lacking = kconfig.filter(option => kernel.options?.has(option) === false)
  if (lacking.length > 0)
    return `needs a kernel with ${lacking.join(' and ')}${unknown(lacking, kernel)}`
  return undefined
}

/** A misspelt option would skip a test for ever, on every kernel. */
function unknown(lacking: readonly string[], { known }: TestedKernel): string {
  const names = lacking.filter(option => known?.has(option) === false)
  if (known === undefined || names.length === 0) return ''
  const bare = (option: string): string => option.replace('CONFIG_', '')
  const all = [...known].map(bare)
  const near = names
    .map(name => didYouMean(bare(name), all))
    .join('')
    .trim()
  return `; the .config of this one lists no ${names.join(' and no ')}${near && `. ${near}`}`
}
