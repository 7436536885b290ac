import { describeErrno } from '../abi/errno.js'
import { SIGBUS, SIGSEGV } from '../abi/processes.js'
import { encodeWords } from '../abi/structures.js'
import { MemoryFault, ProtocolError } from '../errors.js'
import { decodeWaitStatus, type WaitStatus } from './wait-status.js'

/** The agent's description of itself. */
export interface Hello {
  readonly protocol: number
  /** ELF's e_machine: 62 is x86-64. */
  readonly machine: number
  readonly pageSize: number
  /** Why /dev/kmsg could not be opened; 0 if it could. */
  readonly logErrno: number
  /** `uname -r` */
  readonly release: string
}

export interface NewTask {
  readonly task: number
  readonly pid: number
  readonly tid: number
  /** Scratch memory of the process for strings and structures. */
  readonly scratch: bigint
  readonly scratchLength: number
}

export interface CallResult {
  readonly value: bigint
  /** 0 when the call succeeded. */
  readonly errno: number
  /** fail-nth after the call: 0 means that the fault was injected. */
  readonly failuresLeft: number
}

/** A process without a task: a command, a program that replaced a task, or their child. */
export interface OtherProcess {
  readonly pid: number
  /** Whether its parent has ended. */
  readonly isLeft: boolean
  /** At most 15 characters, printable ASCII. */
  readonly name: string
}

function checked(payload: Buffer, bytes: number, what: string): Buffer {
  if (payload.length !== bytes) {
    throw new ProtocolError(`sent ${payload.length} bytes as ${what}, which takes ${bytes}`)
  }
  return payload
}

export function decodeHello(payload: Buffer): Hello {
  checked(payload, 88, 'its hello')
  const release = payload.subarray(20, 85)
  return {
    protocol: payload.readUInt32LE(0),
    machine: payload.readUInt32LE(4),
    pageSize: payload.readUInt32LE(8),
    logErrno: payload.readUInt32LE(16),
    release: release.toString('latin1', 0, Math.max(0, release.indexOf(0))),
  }
}

export function decodeNewTask(payload: Buffer): NewTask {
  checked(payload, 24, 'a new task')
  return {
    task: payload.readUInt32LE(0),
    pid: payload.readUInt32LE(4),
    tid: payload.readUInt32LE(8),
    scratchLength: payload.readUInt32LE(12),
    scratch: payload.readBigUInt64LE(16),
  }
}

export function decodeResult(payload: Buffer): CallResult {
  checked(payload, 16, 'a result')
  return {
    value: payload.readBigInt64LE(0),
    errno: payload.readUInt32LE(8),
    failuresLeft: payload.readUInt32LE(12),
  }
}

export function decodeFault(payload: Buffer, doing: string): MemoryFault {
  checked(payload, 16, 'a fault')
  const signal = payload.readUInt32LE(0)
  if (signal !== SIGSEGV && signal !== SIGBUS) {
    throw new ProtocolError(`sent signal ${signal} as a memory fault`)
  }
  const name = signal === SIGSEGV ? 'SIGSEGV' : 'SIGBUS'
  return new MemoryFault(doing, name, payload.readBigUInt64LE(8))
}

/** An error of the agent itself. */
export interface AgentError {
  readonly errno: number
  /** Printable ASCII, at most 200 characters. */
  readonly text: string
}

export function decodeError(payload: Buffer): AgentError {
  if (payload.length < 4) throw new ProtocolError('sent an error without a number')
  return { errno: payload.readUInt32LE(0), text: printable(payload.subarray(4)) }
}

export function decodeRefusal(payload: Buffer, what: string): ProtocolError {
  const { errno, text } = decodeError(payload)
  return new ProtocolError(`refused ${what}: ${text} (${describeErrno(errno).name})`)
}

export function printable(bytes: Buffer): string {
  return bytes.toString('latin1', 0, 200).replace(/[^\x20-\x7e]/g, '?')
}

export const decodeExited = (payload: Buffer): WaitStatus =>
  decodeWaitStatus(checked(payload, 8, 'an exit').readUInt32LE(4))

const OTHER_BYTES = 24

export function decodeOthers(payload: Buffer): OtherProcess[] {
  checked(payload, payload.length - (payload.length % OTHER_BYTES), 'a list of processes')
  return Array.from({ length: payload.length / OTHER_BYTES }, (_, index) => {
    const other = payload.subarray(index * OTHER_BYTES, (index + 1) * OTHER_BYTES)
    const name = other.subarray(8)
    const end = name.indexOf(0)
    return {
      pid: other.readUInt32LE(0),
      isLeft: other.readUInt32LE(4) === 1,
      name: printable(name.subarray(0, end < 0 ? name.length : end)),
    }
  })
}

const MAX_ARGUMENTS = 6

/** @throws RangeError for more than six arguments */
export function encodeCall(number: number, args: readonly bigint[], failNth?: number): Buffer {
  const zeros = Array<bigint>(MAX_ARGUMENTS - args.length).fill(0n)
  const armed = failNth === undefined ? [] : [failNth]
  return encodeWords(...armed, number, ...args, ...zeros)
}

export const encodeWrite = (address: bigint, bytes: Uint8Array): Buffer =>
  Buffer.concat([encodeWords(address), bytes])

/** @param mode as chmod(2) takes it */
export function encodeNewFile(path: string, mode: number, content: Uint8Array): Buffer {
  const name = Buffer.from(path)
  return Buffer.concat([encodeNumber(mode), encodeNumber(name.length), name, content])
}

/** @param skip entries that are known already */
export const encodeListTree = (skip: number, paths: readonly string[]): Buffer =>
  Buffer.concat([encodeNumber(skip), ...paths.map(path => Buffer.from(`${path}\0`))])

/** Paths of the entries that the agent names by their level (a byte) and their name. */
export function decodeTree(folder: string, names: Buffer): string[] {
  const found: string[] = []
  const parents = [folder]
  for (let at = 0; at < names.length;) {
    const level = names.readUInt8(at)
    const end = names.indexOf(0, at + 1)
    const parent = parents[level - 1]
    if (parent === undefined || end === -1) throw new ProtocolError('sent a tree with no branch')
    const path = `${parent}/${names.toString('latin1', at + 1, end)}`
    found.push(path)
    parents.splice(level, parents.length, path)
    at = end + 1
  }
  return found
}

export function encodeNumber(number: number): Buffer {
  const payload = Buffer.allocUnsafe(4)
  payload.writeUInt32LE(number >>> 0, 0)
  return payload
}
