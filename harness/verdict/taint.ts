export interface TaintBit {
  readonly bit: number
  readonly letter: string
  readonly meaning: string
}

/** Documentation/admin-guide/tainted-kernels.rst, in order; the same for all tested kernels. */
const BITS: readonly (readonly [letter: string, meaning: string])[] = [
  ['P', 'a proprietary module was loaded'],
  ['F', 'a module was loaded by force'],
  ['S', 'the kernel runs on an out of specification system'],
  ['R', 'a module was unloaded by force'],
  ['M', 'a processor reported a machine check exception'],
  ['B', 'a bad page was referenced or memory was misused'],
  ['U', 'the taint was requested by user space'],
  ['D', 'the kernel died recently: there was an oops or BUG'],
  ['A', 'an ACPI table was overridden'],
  ['W', 'the kernel issued a warning'],
  ['C', 'a staging driver was loaded'],
  ['I', 'a workaround for a bug in platform firmware was applied'],
  ['O', 'an externally built module was loaded'],
  ['E', 'an unsigned module was loaded'],
  ['L', 'a soft lockup occurred'],
  ['K', 'the kernel was live patched'],
  ['X', 'an auxiliary taint of the distribution'],
  ['T', 'the kernel was built with struct randomization'],
  ['N', 'an in-kernel test was run'],
  ['J', 'user space used a mutating debug operation in fwctl'],
]

/** Taints of loading any module under test. */
const EXPECTED_LETTERS: ReadonlySet<string> = new Set(['O', 'E'])

/** @param mask of /proc/sys/kernel/tainted; undocumented bits have the letter `?` */
export function taintBits(mask: number): TaintBit[] {
  const known = BITS.map(([letter, meaning], bit) => ({ bit, letter, meaning }))
  const unknown = Array.from({ length: 32 - BITS.length }, (_, index) => {
    const bit = BITS.length + index
    return { bit, letter: '?', meaning: `taint bit ${bit}, unknown to this version` }
  })
  return [...known, ...unknown].filter(({ bit }) => Math.floor(mask / 2 ** bit) % 2 === 1)
}

/** Bits set between two readings, except those that loading a module sets. */
export const newTaints = (before: number, after: number): TaintBit[] => {
  const had = new Set(taintBits(before).map(({ bit }) => bit))
  return taintBits(after).filter(
    ({ bit, letter }) => !had.has(bit) && !EXPECTED_LETTERS.has(letter),
  )
}
