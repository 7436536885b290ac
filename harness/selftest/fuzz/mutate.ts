import { pick, type Random } from './random.js'

/** Bytes that are often handled wrongly: line ends, escapes, truncated UTF-8, digits, signs. */
const BYTES = [
  0x00, 0x09, 0x0a, 0x0d, 0x1b, 0x20, 0x23, 0x2e, 0x2f, 0x30, 0x39, 0x3a, 0x3b, 0x5c, 0x7f, 0xc3,
  0xe2, 0xff,
]
const NUMBERS = [
  '0',
  '-1',
  '1',
  '00',
  '4294967296',
  '9007199254740993',
  '99999999999999999999',
  '1e9',
  'true',
  '"1"',
  '[2]',
  '',
]
const MAX_REPEAT = 3000

/**
 * Drops, duplicates, moves, cuts and joins lines, and inserts lines of other inputs.
 * @param others lines of other inputs
 */
export function mutateLines(
  lines: readonly string[],
  others: readonly string[],
  random: Random,
): string[] {
  const changed = [...lines]
  for (let times = 1 + random(6); times > 0; times -= 1) {
    const at = random(changed.length + 1)
    const line = changed[at] ?? ''
    const cut = random(line.length + 1)
    const edits: readonly (() => void)[] = [
      () => changed.splice(at, 1 + random(8)),
      () => changed.splice(at, 0, ...changed.slice(random(changed.length + 1)).slice(0, random(8))),
      () => changed.splice(at, 0, pick(others, random)),
      () => (changed[at] = pick(others, random)),
      () => (changed[at] = line.slice(0, cut)),
      () => (changed[at] = line.slice(cut)),
      () => (changed[at] = line.slice(0, cut) + pick(others, random)),
      () => (changed[at] = ' '.repeat(random(9)) + line),
      () => (changed[at] = line.trimStart()),
      () => (changed[at] = line.replace(/\d+/, pick(NUMBERS, random))),
      () =>
        (changed[at] =
          line.slice(0, cut) +
          line
            .slice(cut, cut + 1 + random(20))
            .repeat(random(200))
            .slice(0, MAX_REPEAT)),
      () => changed.splice(at, 2, line + (changed[at + 1] ?? '')),
    ]
    pick(edits, random)()
  }
  return changed
}

/** Changes, adds and removes single bytes; leaves most inputs unchanged. */
export function mutateBytes(input: Buffer, random: Random): Buffer {
  if (random(3) > 0 || input.length === 0) return input
  let bytes = input
  for (let times = 1 + random(4); times > 0; times -= 1) {
    const at = random(bytes.length + 1)
    const byte = random(4) === 0 ? random(256) : pick(BYTES, random)
    const flipped = (bytes[at] ?? 0) ^ (1 << random(8))
    // Removed, added, replaced, one bit flipped.
    const [taken, added] = pick([[1], [0, byte], [1, byte], [1, flipped]] as const, random)
    const middle = added === undefined ? [] : [added]
    bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from(middle), bytes.subarray(at + taken)])
  }
  return bytes
}
