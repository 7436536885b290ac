import type { Arena } from './arena.js'
import type { Descriptor } from './descriptor.js'

/** Memory that only the kernel writes: what it leaves there is in `bytes` after the call. */
export class Out {
  readonly bytes: Buffer

  constructor(length: number) {
    this.bytes = Buffer.alloc(length)
  }
}

/**
 * What a system call takes. A string is copied into the process with a NUL at its end; a Uint8Array is copied in,
 * and back out into itself after the call; a descriptor stands for its number, null for 0.
 */
export type Argument = number | bigint | string | Uint8Array | Out | Descriptor | null

interface Placed {
  readonly address: bigint
  readonly length: number
}

/** Arguments that have become numbers, and the memory that lies behind them. */
export interface Marshalled {
  readonly values: readonly bigint[]
  /** As strace would show them. */
  readonly shown: readonly string[]
  readonly placed: readonly Placed[]
  readonly inputs: readonly { readonly address: bigint; readonly bytes: Uint8Array }[]
  readonly outputs: readonly { readonly address: bigint; readonly into: Uint8Array }[]
}

export const hex = (value: bigint | number): string =>
  `0x${BigInt.asUintN(64, BigInt(value)).toString(16)}`

const showNumber = (value: number | bigint): string =>
  (typeof value === 'bigint' && (value > 0xffffn || value < -0xffffn)) ||
  (typeof value === 'number' && value > 0xffff)
    ? hex(value)
    : String(value)

const MAX_SHOWN_CHARACTERS = 64

/** @throws RangeError when the scratch memory is full; then nothing of it is taken */
export function marshal(
  args: readonly Argument[],
  arena: Arena,
  fdOf: (descriptor: Descriptor) => number,
): Marshalled {
  const values: bigint[] = []
  const shown: string[] = []
  const placed: Placed[] = []
  const inputs: { address: bigint; bytes: Uint8Array }[] = []
  const outputs: { address: bigint; into: Uint8Array }[] = []

  const place = (length: number): bigint => {
    const address = arena.take(length)
    placed.push({ address, length })
    values.push(address)
    return address
  }
  const add = (argument: Argument): void => {
    if (argument === null) {
      values.push(0n)
      shown.push('NULL')
    } else if (typeof argument === 'number' || typeof argument === 'bigint') {
      values.push(BigInt(argument))
      shown.push(showNumber(argument))
    } else if (typeof argument === 'string') {
      const bytes = Buffer.from(`${argument}\0`)
      inputs.push({ address: place(bytes.length), bytes })
      shown.push(JSON.stringify(argument.slice(0, MAX_SHOWN_CHARACTERS)))
    } else if (argument instanceof Uint8Array) {
      const address = place(argument.length)
      inputs.push({ address, bytes: argument })
      outputs.push({ address, into: argument })
      shown.push(hex(address))
    } else if (argument instanceof Out) {
      const address = place(argument.bytes.length)
      outputs.push({ address, into: argument.bytes })
      shown.push(hex(address))
    } else {
      values.push(BigInt(fdOf(argument)))
      shown.push(String(argument.fd))
    }
  }
  try {
    args.forEach(add)
  } catch (error) {
    release(placed, arena)
    throw error
  }
  return { values, shown, placed, inputs, outputs }
}

export function release(placed: readonly Placed[], arena: Arena): void {
  for (const { address, length } of placed) arena.give(address, length)
}
