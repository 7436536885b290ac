import { concerns } from '../bad-results.js'

/** For a list of anything but tests. */
export const LIST_BYTES = 200_000
/** For each list of tests. */
const PART_BYTES = LIST_BYTES / concerns.length

/** The longest beginning of the list that fits. */
export function fitting(texts: readonly string[], bytes: number): { kept: string[]; left: number } {
  const kept: string[] = []
  let used = 0
  for (const text of texts) {
    used += Buffer.byteLength(text)
    if (used > bytes) break
    kept.push(text)
  }
  return { kept, left: texts.length - kept.length }
}

/** A heading and its list, as far as it fits; empty without items. */
export function section(title: string, items: readonly string[], bytes = PART_BYTES): string {
  if (items.length === 0) return ''
  const { kept, left } = fitting(items, bytes)
  return `### ${title}\n\n${kept.join('')}${left === 0 ? '' : `- … and ${left} more\n`}\n`
}
