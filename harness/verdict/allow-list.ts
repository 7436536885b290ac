import { z } from 'zod'
import type { Data } from '../contract/data.js'
import { readJson, someText, textLike } from '../platform/files/checked-json.js'

const series = textLike(/^\d+\.\d+$/, 'a kernel series such as "6.1"')

const knownFinding = z.strictObject({
  kind: someText().describe('what kind of finding: `warning`, `dma-api`, …'),
  title: someText()
    .refine(isPattern, { error: 'a regular expression' })
    .describe("a regular expression for the finding's title"),
  from: series.exactOptional().describe('the first kernel series with this false alarm'),
  to: series.exactOptional().describe('the last kernel series with it'),
  flavour: someText().exactOptional().describe('the only flavour with it'),
  reason: someText().describe('why it is not a bug'),
})

/** One known false alarm; plain data, so it can be sent to workers. */
export type KnownFinding = Data<z.infer<typeof knownFinding>>

/**
 * Reads the list of known false alarms; empty if the file does not exist.
 * @throws ModproveError `CONFIGURATION`
 */
export const loadKnownFindings = (file: string): Promise<readonly KnownFinding[]> =>
  readJson(file, z.array(knownFinding), {
    absent: '[]',
    remedy:
      'Every entry needs "kind", "title" and "reason"; see "Known findings" in suites/README.md of modprove',
  })

function isPattern(source: string): boolean {
  try {
    new RegExp(source)
    return true
  } catch {
    return false
  }
}
