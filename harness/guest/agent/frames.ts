import { ProtocolError } from '../errors.js'

/*
 * A frame: four 32-bit integers (payload length, request, task, operation) and the payload, all
 * little endian: images/guest/agent/protocol.h.
 */
const HEADER_BYTES = 16

export const PROTOCOL_VERSION = 5
export const MAX_PAYLOAD_BYTES = 64 * 1024

export const RequestOp = {
  hello: 1,
  spawn: 2,
  kill: 3,
  barrier: 4,
  fence: 5,
  others: 6,
  syscall: 16,
  failNth: 17,
  read: 18,
  write: 19,
  fork: 20,
  thread: 21,
  exit: 22,
  readFile: 23,
  writeFile: 24,
  syscall32: 25,
  listTree: 26,
} as const

export const AnswerOp = {
  hello: 1,
  ok: 64,
  result: 65,
  data: 66,
  fault: 67,
  task: 68,
  error: 69,
  log: 96,
  logLost: 97,
  taskClosed: 98,
  processExited: 99,
  fatal: 100,
} as const

export interface WireFrame {
  /** The request it answers; 0 if none. */
  readonly request: number
  /** 0 is the agent's router. */
  readonly task: number
  readonly op: number
  readonly payload: Buffer
}

export function encodeFrame({ request, task, op, payload }: WireFrame): Buffer {
  if (payload.length > MAX_PAYLOAD_BYTES) {
    throw new RangeError(`a frame holds at most ${MAX_PAYLOAD_BYTES} bytes, not ${payload.length}`)
  }
  const frame = Buffer.allocUnsafe(HEADER_BYTES + payload.length)
  frame.writeUInt32LE(payload.length, 0)
  frame.writeUInt32LE(request, 4)
  frame.writeUInt32LE(task, 8)
  frame.writeUInt32LE(op, 12)
  payload.copy(frame, HEADER_BYTES)
  return frame
}

/** Splits a byte stream into frames; buffers at most one incomplete frame and one chunk. */
export class FrameReader {
  #held: Buffer[] = []
  #heldBytes = 0
  #neededBytes = HEADER_BYTES

  /** @throws ProtocolError on invalid data */
  push(chunk: Buffer): WireFrame[] {
    const frames: WireFrame[] = []
    this.#held.push(chunk)
    this.#heldBytes += chunk.length
    if (this.#heldBytes < this.#neededBytes) return frames
    let bytes = this.#held.length === 1 ? chunk : Buffer.concat(this.#held)
    for (;;) {
      if (bytes.length < HEADER_BYTES) {
        this.#neededBytes = HEADER_BYTES
        break
      }
      const length = bytes.readUInt32LE(0)
      if (length > MAX_PAYLOAD_BYTES) {
        throw new ProtocolError(
          `sent an invalid frame: ${JSON.stringify(bytes.toString('latin1', 0, 80))}`,
        )
      }
      const end = HEADER_BYTES + length
      if (bytes.length < end) {
        this.#neededBytes = end
        break
      }
      frames.push({
        request: bytes.readUInt32LE(4),
        task: bytes.readUInt32LE(8),
        op: bytes.readUInt32LE(12),
        payload: bytes.subarray(HEADER_BYTES, end),
      })
      bytes = bytes.subarray(end)
    }
    this.#held = bytes.length === 0 ? [] : [bytes]
    this.#heldBytes = bytes.length
    return frames
  }
}
