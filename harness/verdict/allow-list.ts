import { z } from 'zod'
import type { Data } from '../contract/data.js'
import { readJson, someText, textLike } from '../platform/checked-json.js'

const series = textLike(/^\d+\.\d+$/, 'a kernel series such as "6.1"')

const knownFinding = z.strictObject({
  kind: someText().describe('what kind of finding: `warning`, `dma-api`, …'),
  title: someText()
    .refine(isPattern, { error: 'a regular expression' })
    .describe("a regular expression for the finding's title"),
  from: series.exactOptional().describe('the first kernel series that it is known of'),
  to: series.exactOptional().describe('the last one'),
  flavour: someText().exactOptional().describe('the only flavour that it is known of'),
  reason: someText().describe('why it is no bug'),
})

/** One known false alarm: plain data, as workers get it. */
export type KnownFinding = Data<z.infer<typeof knownFinding>>

/**
 * Reads the list of known false alarms; empty when there is no such file.
 * @throws ModproveError `CONFIGURATION`
 */
export const loadKnownFindings = (file: string): Promise<readonly KnownFinding[]> =>
  readJson(file, z.array(knownFinding), {
    absent: '[]',
    remedy: 'Every entry needs "kind", "title" and "reason"; see the README, "Known findings"',
  })

function isPattern(source: string): boolean {
  try {
    new RegExp(source)
    return true
  } catch {
    return false
  }
}
