/** One wrong letter per this many is a typo; more is another word. */
const LETTERS_A_SLIP = 3
/** Long names share parts that were meant: `RING_SYSFS_STATS`, `RING_SELFTESTS`. */
const MOST_SLIPS = 3

/**
 * `Did you mean "ioctl"? `, as the start of a remedy; empty when no known word is close.
 * @param word as typed
 */
export function didYouMean(word: string, known: readonly string[]): string {
  const most = Math.min(MOST_SLIPS, Math.max(1, Math.floor(word.length / LETTERS_A_SLIP)))
  const near = known
    .filter(({ length }) => Math.abs(length - word.length) <= most)
    .map(name => ({ name, slips: slipsBetween(word.toLowerCase(), name.toLowerCase()) }))
    .filter(({ slips }) => slips <= most)
    .sort((a, b) => a.slips - b.slips)
  const [best] = near
  return best === undefined ? '' : `Did you mean "${best.name}"? `
}

/** Number of missing, extra, wrong or swapped letters (optimal string alignment). */
function slipsBetween(a: string, b: string): number {
  let [before, last] = [[] as number[], Array.from({ length: b.length + 1 }, (_, at) => at)]
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const wrong = a[i - 1] === b[j - 1] ? 0 : 1
      const one = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + wrong)
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      row.push(isSwap ? Math.min(one, at(before, j - 2) + 1) : one)
    }
    ;[before, last] = [last, row]
  }
  return at(last, b.length)
}

const at = (row: readonly number[], index: number): number => row[index] ?? Infinity
