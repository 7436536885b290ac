import { architecture } from '../abi/architecture.js'
import type { SyscallName } from '../abi/x86_64-syscalls.js'
import type { Task } from '../agent/task.js'
import { SyscallError } from '../errors.js'
import type { Marshalled } from './arguments.js'
import type { ArmedCall } from './fail-nth.js'

export interface CallOptions {
  /** Whether the process's end counts as an answer. */
  readonly endAnswers?: boolean
  readonly entry?: '32-bit'
}

/**
 * Copies a call's arguments in, makes the call, and copies results out.
 * @throws SyscallError, CallTimeout, TaskEnded, ConnectionLost; RangeError if `armed` or the 32-bit
 * entry refuses the call
 */
export async function makeCall(
  task: Task,
  name: SyscallName | number,
  { values, shown, inputs, outputs }: Marshalled,
  options: CallOptions & { readonly deadlineMs: number; readonly armed: ArmedCall | undefined },
): Promise<bigint> {
  const { deadlineMs, armed, entry } = options
  const prefix = entry === undefined ? 'syscall' : 'syscall32'
  const label = typeof name === 'number' ? `${prefix}_${name}` : name
  const what = () => `${label}(${shown.join(', ')})`
  if (entry !== undefined && armed) throw new RangeError(`failNth: ${what()} cannot be armed`)
  if (entry !== undefined && !values.every(fits32Bits)) {
    throw new RangeError(`${what()}: expected arguments of 32 bits`)
  }
  if (armed && armed.failuresLeft !== undefined) {
    throw new RangeError(`failNth: ${what()} is a second call; only one can be armed`)
  }
  if (armed) armed.failuresLeft = armed.n
  const number = typeof name === 'number' ? name : architecture.syscallNumber(name)
  const failing = armed && { failNth: armed.n }
  // Sent at once: the task handles requests in order.
  const written = inputs.map(({ address, bytes }) => task.write(address, bytes, deadlineMs))
  const called = task.call(number, values, { ...options, ...failing, what })
  const copied = outputs.map(async ({ address, into }) => {
    into.set(await task.read(address, into.length, deadlineMs))
  })
  await Promise.allSettled([...written, called, ...copied])
  const result = await called
  if (!result) return 0n
  if (armed) armed.failuresLeft = result.failuresLeft
  if (result.errno !== 0) throw new SyscallError(label, shown, result.errno)
  await Promise.all([...written, ...copied])
  return result.value
}

/** As a signed or an unsigned number. */
const fits32Bits = (value: bigint): boolean =>
  value === BigInt.asUintN(32, value) || value === BigInt.asIntN(32, value)
