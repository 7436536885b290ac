/** Functions that call each other in a circle, inlined ones included. */
const LONGEST_CYCLE = 4

/** What comes once, or several times one after the other. */
export interface Run<T> {
  readonly items: readonly T[]
  readonly times: number
}

/** Folds cycles of up to four, as recursion leaves them on a stack. */
export function runsOf<T>(all: readonly T[], keyOf: (each: T) => string): readonly Run<T>[] {
  const keys = all.map(keyOf)
  const runs: Run<T>[] = []
  for (let at = 0; at < all.length;) {
    const { length, times } = cycleAt(keys, at)
    runs.push({ items: all.slice(at, at + length), times })
    at += length * times
  }
  return runs
}

/** The cycle that covers most from here on; of equal ones the shortest. */
function cycleAt(keys: readonly string[], at: number): { length: number; times: number } {
  let best = { length: 1, times: 1 }
  for (let length = 1; length <= LONGEST_CYCLE; length += 1) {
    let end = at + length
    while (end < keys.length && keys[end] === keys[end - length]) end += 1
    const times = Math.floor((end - at) / length)
    if (times > 1 && times * length > best.times * best.length) best = { length, times }
  }
  return best
}
