export interface TaintBit {
  readonly bit: number
  readonly letter: string
  readonly name: string
  readonly meaning: string
}

/** Documentation/admin-guide/tainted-kernels.rst, in order; the same for all tested kernels. */
const BITS: readonly (readonly [letter: string, name: string, meaning: string])[] = [
  ['P', 'proprietary-module', 'a proprietary module was loaded'],
  ['F', 'forced-module', 'a module was loaded by force'],
  ['S', 'cpu-out-of-spec', 'the kernel runs on an out of specification system'],
  ['R', 'forced-rmmod', 'a module was unloaded by force'],
  ['M', 'machine-check', 'a processor reported a machine check exception'],
  ['B', 'bad-page', 'a bad page was referenced or memory was misused'],
  ['U', 'user', 'the taint was requested by user space'],
  ['D', 'die', 'the kernel died recently: there was an oops or BUG'],
  ['A', 'overridden-acpi-table', 'an ACPI table was overridden'],
  ['W', 'warn', 'the kernel issued a warning'],
  ['C', 'crap', 'a staging driver was loaded'],
  ['I', 'firmware-workaround', 'a workaround for a bug in platform firmware was applied'],
  ['O', 'out-of-tree-module', 'an externally built module was loaded'],
  ['E', 'unsigned-module', 'an unsigned module was loaded'],
  ['L', 'soft-lockup', 'a soft lockup occurred'],
  ['K', 'live-patch', 'the kernel was live patched'],
  ['X', 'auxiliary', 'an auxiliary taint of the distribution'],
  ['T', 'randstruct', 'the kernel was built with struct randomization'],
  ['N', 'test', 'an in-kernel test was run'],
  ['J', 'fwctl', 'user space used a mutating debug operation in fwctl'],
]

/** Taints of loading any module under test. */
const EXPECTED_LETTERS: ReadonlySet<string> = new Set(['O', 'E'])

/** @param mask of /proc/sys/kernel/tainted; undocumented bits are named by number */
export function taintBits(mask: number): TaintBit[] {
  const known = BITS.map(([letter, name, meaning], bit) => ({ bit, letter, name, meaning }))
  const unknown = Array.from({ length: 32 - BITS.length }, (_, index) => {
    const bit = BITS.length + index
    return {
      bit,
      letter: '?',
      name: `bit-${bit}`,
      meaning: `taint bit ${bit}, unknown to this version`,
    }
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
