import { z } from 'zod'
import { someText, textLike } from '../platform/files/checked-json.js'
import { formatNames, type FormatName } from '../contract/format-names.js'

const RETRIES = 'a number from 0 to 9'

type ReportFiles = Record<FormatName, z.ZodExactOptional<z.ZodString>>

const reportFiles = Object.fromEntries(
  formatNames.map(name => [name, someText().exactOptional()]),
) as ReportFiles

/** What `modprove run` and its like do where their options say nothing. */
export const runFields = z.strictObject({
  kernels: z
    .array(someText())
    .min(1, { error: 'at least one kernel' })
    .exactOptional()
    .describe(
      'kernels, as `--kernel` takes them: `["6.1..6.12", "distro:trixie"]`; `shell`, `watch` and others that take one use the first; default: `["6.1"]`, and all of them for `nightly`',
    ),
  flavours: z
    .array(textLike(/\S/, 'the name of a flavour'))
    .min(1, { error: 'at least one flavour' })
    .exactOptional()
    .describe('flavours; default: `["plain"]`, and all of them for `nightly`'),
  retries: z
    .int({ error: RETRIES })
    .min(0, { error: RETRIES })
    .max(9, { error: RETRIES })
    .exactOptional()
    .describe('how often a failed test is tried again; default: 0, and 1 for `nightly`'),
  reporter: z
    .enum(['pretty', 'tap'], { error: 'pretty or tap' })
    .exactOptional()
    .describe('how `run` prints verdicts; default: `pretty`'),
  reports: z
    .strictObject(reportFiles)
    .exactOptional()
    .describe(
      'files that each `run` writes, by the formats of `report`: `{ "junit": "results/junit.xml" }`',
    ),
})

export type RunDefaults = z.output<typeof runFields>
