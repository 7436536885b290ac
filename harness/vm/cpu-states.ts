import type { Qmp } from './qmp.js'

/** Where a virtual processor is executing. */
export interface CpuState {
  readonly index: number
  /** Address of the next instruction (RIP). */
  readonly instruction: bigint
  /** Words on its stack, from the top; empty if unreadable. */
  readonly stack: readonly bigint[]
}

const STACK_WORDS = 256
const MAX_CPUS = 64

/** @param registers what the monitor's `info registers -a` printed */
export async function readCpuStates(
  qmp: Qmp,
  registers: string,
  deadlineMs: number,
): Promise<CpuState[]> {
  // One part per processor, headed `CPU#0`; a single processor may have no heading.
  const parts = registers.split(/^CPU#\d+$/m)
  const texts = (parts.length > 1 ? parts.slice(1) : parts).slice(0, MAX_CPUS)
  return Promise.all(
    texts.map(async (text, index) => {
      const pointer = register(text, 'RSP')
      return {
        index,
        instruction: register(text, 'RIP'),
        stack: pointer === 0n ? [] : await readStack(qmp, index, pointer, deadlineMs),
      }
    }),
  )
}

const register = (text: string, name: string): bigint =>
  BigInt(`0x${new RegExp(`\\b${name}=([0-9a-f]{16})\\b`).exec(text)?.[1] ?? '0'}`)

/** Lines of the monitor's `x`: `ffffc900001a3e08: 0xffffffff81000010 0x0000000000000000`. */
async function readStack(
  qmp: Qmp,
  cpu: number,
  pointer: bigint,
  deadlineMs: number,
): Promise<bigint[]> {
  // The monitor prints an error in words at the first unmapped page.
  const text = await qmp
    .monitor(`x /${STACK_WORDS}xg 0x${pointer.toString(16)}`, { deadlineMs, cpu })
    .catch(() => '')
  return [...text.matchAll(/ (0x[0-9a-f]{16})\b/g)].map(([, word = '0']) => BigInt(word))
}
