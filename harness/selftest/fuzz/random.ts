/** Returns an integer from 0 to `below` - 1. */
export type Random = (below: number) => number

/** mulberry32: the same numbers for the same seed. */
function randomOf(seed: number): Random {
  let state = seed | 0
  return below => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

/** A case's own generator, so that it can be reproduced without the earlier cases. */
export const randomOfCase = (seed: number, number: number): Random =>
  randomOf(Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(number + 1, 0xc2b2ae35))

export const pick = <T>(items: readonly T[], random: Random): T => items[random(items.length)] as T
