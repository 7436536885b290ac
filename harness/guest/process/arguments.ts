import type { Arena } from './arena.js'

/** A descriptor of a process as calls accept it, such as `Descriptor`. */
export interface OpenFd {
  readonly fd: number
  /** The process it belongs to; processes forked from it have it, too. */
  readonly process: { readonly pid: number }
}

/** What a call accepts as a descriptor. */
export type Fd = number | OpenFd

export const fdNumber = (fd: Fd): number => (typeof fd === 'number' ? fd : fd.fd)

/** A buffer that only the kernel writes: `bytes` has its content after the call. */
export class Out {
  readonly bytes: Buffer

  constructor(length: number) {
    this.bytes = Buffer.alloc(length)
  }
}

/**
 * An argument of a system call. A string is copied into the process with a terminating NUL; a
 * Uint8Array is copied in, and copied back after the call; a descriptor stands for its number, null
 * for 0.
 */
export type Argument = number | bigint | string | Uint8Array | Out | OpenFd | null

/** Arguments as numbers, and the scratch memory that pointers refer to. */
export type Marshalled = ReturnType<typeof marshal>

const hex = (value: bigint | number): string =>
  `0x${BigInt.asUintN(64, BigInt(value)).toString(16)}`

const MAX_DECIMAL = 0xffff

const showNumber = (value: number | bigint): string =>
  value > MAX_DECIMAL || (typeof value === 'bigint' && value < -MAX_DECIMAL)
    ? hex(value)
    : String(value)

const MAX_SHOWN_CHARACTERS = 64
const NO_ARGUMENT =
  'a system call takes numbers, text, a Buffer, new Out(length), descriptors and null; of memory, its address'

/** Suites are not type-checked when they run. */
const isDescriptor = (argument: Partial<OpenFd> | undefined): argument is OpenFd =>
  typeof argument?.fd === 'number'

/**
 * @param numberOf checks that a descriptor belongs to the caller
 * @throws RangeError when the scratch memory is full; then nothing stays allocated
 */
export function marshal(
  args: readonly Argument[],
  arena: Arena,
  numberOf: (descriptor: OpenFd) => number,
) {
  const values: bigint[] = []
  /** In strace's format. */
  const shown: string[] = []
  const allocated: { address: bigint; length: number }[] = []
  const inputs: { address: bigint; bytes: Uint8Array }[] = []
  const outputs: { address: bigint; into: Uint8Array }[] = []

  const add = (value: number | bigint, text: string): void => {
    values.push(BigInt(value))
    shown.push(text)
  }
  const allocate = (length: number, text?: string): bigint => {
    const address = arena.take(length)
    allocated.push({ address, length })
    add(address, text ?? hex(address))
    return address
  }
  const addArgument = (argument: Argument): void => {
    if (argument === null) {
      add(0, 'NULL')
    } else if (typeof argument === 'number' || typeof argument === 'bigint') {
      add(argument, showNumber(argument))
    } else if (typeof argument === 'string') {
      const bytes = Buffer.from(`${argument}\0`)
      const text = JSON.stringify(argument.slice(0, MAX_SHOWN_CHARACTERS))
      inputs.push({ address: allocate(bytes.length, text), bytes })
    } else if (argument instanceof Uint8Array) {
      const address = allocate(argument.length)
      inputs.push({ address, bytes: argument })
      outputs.push({ address, into: argument })
    } else if (argument instanceof Out) {
      outputs.push({ address: allocate(argument.bytes.length), into: argument.bytes })
    } else if (isDescriptor(argument)) {
      add(numberOf(argument), String(argument.fd))
    } else throw new TypeError(NO_ARGUMENT)
  }
  const free = (): void => {
    for (const { address, length } of allocated) arena.give(address, length)
  }
  try {
    args.forEach(addArgument)
  } catch (error) {
    free()
    throw error
  }
  return { values, shown, inputs, outputs, free }
}
