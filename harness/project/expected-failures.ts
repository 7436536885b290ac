import { z } from 'zod'
import type { Data } from '../contract/data.js'
import { mistakesIn, someText, textLike } from '../platform/files/checked-json.js'
import { isObject } from '../platform/files/lenient-json.js'
import { isSeriesRange, SERIES_RANGE } from '../platform/text/series-range.js'

const kernels = z.string().refine(text => isSeriesRange(text) || isSeriesRange(`${text}..`), {
  error: `a series, or ${SERIES_RANGE}`,
})

const where = {
  kernels: kernels
    .exactOptional()
    .describe('the series on which it fails: `6.1`, `6.12..`, `..6.1`, `6.1..6.12`; default: all'),
  flavour: someText().exactOptional().describe('the only flavour on which it fails'),
  reason: someText().describe('why it fails: reports show it'),
}

const strict = z
  .boolean()
  .exactOptional()
  .describe('`true`: it is a failure when it passes; default: that is only told')

/** What is expected to fail, by `what`. */
export const expectedFailure = z.discriminatedUnion(
  'what',
  [
    z.strictObject({ what: z.literal('build'), ...where }),
    z.strictObject({
      what: z.literal('load'),
      module: someText().describe("the module's name, as the kernel has it"),
      ...where,
      strict,
    }),
    z.strictObject({
      what: z.literal('test'),
      name: textLike(/^\S+: \S/, 'SUITE: TEST').describe(
        'suite and test as reports name them: `ring: it holds four pages`',
      ),
      ...where,
      strict,
    }),
  ],
  { error: '"build", "load" or "test"' },
)

const anyKind = z.strictObject({
  what: z.unknown().optional(),
  module: z.unknown().optional(),
  name: z.unknown().optional(),
  ...where,
  strict,
})

/** Mistakes of entries whose `what` is wrong, besides it: the union stops at that. */
export const besideWhat = (entries: readonly unknown[]): string[] =>
  entries.flatMap((entry, at) => {
    const { what } = isObject(entry) ? entry : { what: 'build' }
    if (['build', 'load', 'test'].includes(String(what))) return []
    return mistakesIn(anyKind, entry).map(mistake => `xfail[${at}].${mistake}`)
  })

/** An entry of `xfail`; plain data, so it can be sent to workers. */
export type ExpectedFailure = Data<z.infer<typeof expectedFailure>>
