import type { Task } from '../agent/task.js'
import type { Arena } from './arena.js'

/** A piece of the process's scratch memory; it is given back with `free`, or at the end of its scope. */
export class Scratch {
  readonly address: bigint
  readonly length: number
  private readonly memory: Memory
  private isFree = false

  constructor(memory: Memory, address: bigint, length: number) {
    this.memory = memory
    this.address = address
    this.length = length
  }

  read(offset = 0, length = this.length - offset): Promise<Buffer> {
    return this.memory.task.read(this.address + BigInt(offset), length, this.memory.deadlineMs)
  }

  write(bytes: Uint8Array, offset = 0): Promise<void> {
    if (offset + bytes.length > this.length) {
      throw new RangeError(
        `${bytes.length} bytes at ${offset} do not fit into ${this.length} bytes of scratch memory`,
      )
    }
    return this.memory.task.write(this.address + BigInt(offset), bytes, this.memory.deadlineMs)
  }

  free(): void {
    if (this.isFree) return
    this.isFree = true
    this.memory.arena.give(this.address, this.length)
  }

  [Symbol.dispose](): void {
    this.free()
  }
}

/** The scratch memory of a process (1 MiB; its threads share it). */
export class Memory {
  readonly task: Task
  readonly arena: Arena
  readonly deadlineMs: number

  constructor(task: Task, arena: Arena, deadlineMs: number) {
    this.task = task
    this.arena = arena
    this.deadlineMs = deadlineMs
  }

  /**
   * Takes as much memory as the bytes need and writes them, or as many bytes as the number says, as they are.
   *
   * @throws RangeError when there is no room
   */
  async alloc(content: Uint8Array | number): Promise<Scratch> {
    const scratch = this.take(typeof content === 'number' ? content : content.length)
    if (typeof content !== 'number') await scratch.write(content)
    return scratch
  }

  /** The same without content, at once. */
  take(length: number): Scratch {
    return new Scratch(this, this.arena.take(length), length)
  }
}
