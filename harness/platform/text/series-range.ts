import { compareVersions } from './version.js'

/** A range of series, both ends included: `5.14..`, `..7.2`, `6.1..6.12`. */
const RANGE = /^(?:\d+\.\d+\.\.(?:\d+\.\d+)?|\.\.\d+\.\d+)$/

/** What messages say of a range that is none. */
export const SERIES_RANGE =
  'a range of series such as "6.12..", "..6.1" or "6.1..6.12", the older first'

/** Whether a text is a range that has a series; `6.12..6.1` has none. */
export const isSeriesRange = (text: string): boolean =>
  RANGE.test(text) && (text.startsWith('..') || inRange(text.split('..')[0] ?? '', text))

/** @param range or one series; absent: every series */
export function inRange(series: string, range: string | undefined): boolean {
  const [from, to = from] = range?.split('..') ?? []
  return (!from || compareVersions(series, from) >= 0) && (!to || compareVersions(series, to) <= 0)
}
