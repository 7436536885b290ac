import { inRange } from '../platform/text/series-range.js'
import type { ExpectedFailure } from './expected-failures.js'

/** The entries for one kernel and flavour. */
export const expectedOn = (
  all: readonly ExpectedFailure[],
  { series, flavour }: { readonly series: string; readonly flavour: string },
): ExpectedFailure[] =>
  all.filter(
    entry =>
      inRange(series, entry.kernels) && (entry.flavour === undefined || entry.flavour === flavour),
  )
