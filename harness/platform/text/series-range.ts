import { compareVersions } from './version.js'

/** A range of series, both ends included: `5.14..`, `..7.2`, `6.1..6.12`. */
const RANGE = /^(?:\d+\.\d+\.\.(?:\d+\.\d+)?|\.\.\d+\.\d+)$/

export const isSeriesRange = (text: string): boolean => RANGE.test(text)

/** @param range absent: every series */
export function inRange(series: string, range: string | undefined): boolean {
  const [from, to] = range?.split('..') ?? []
  return (!from || compareVersions(series, from) >= 0) && (!to || compareVersions(series, to) <= 0)
}
