import {
  decodeLimit,
  encodeLimit,
  encodeWords,
  RLIMIT_BYTES,
  type ResourceLimit,
} from '../../abi/structures.js'
import { decodeWaitStatus } from '../../agent/wait-status.js'
import { Out } from '../arguments.js'
import type { Port } from '../port.js'

/** Processes and their limits. */
export const processCalls = (port: Port) => ({
  getpid: () => port.number('getpid'),

  /** Sends a signal; SIGUSR1 only interrupts a blocked call of a process made here. */
  kill: (pid: number, signal: number) => port.nothing('kill', pid, signal),

  /** Sends a signal to one thread. */
  tgkill: (pid: number, tid: number, signal: number) => port.nothing('tgkill', pid, tid, signal),

  /**
   * Reaps a child that this process forked.
   * @param pid -1 for any
   * @returns nothing if WNOHANG was given and none has ended
   */
  async wait4(pid: number, options = 0) {
    const out = new Out(4)
    const ended = await port.number('wait4', pid, out, options, 0)
    if (ended === 0) return undefined
    return { pid: ended, status: decodeWaitStatus(out.bytes.readUInt32LE(0)) }
  },

  /** Replaces this process's program; it then takes no more calls. */
  async execve(path: string, argv: readonly string[], env: readonly string[] = []): Promise<void> {
    const strings = [...argv, ...env].map(text => Buffer.from(`${text}\0`))
    const tables = 8 * (strings.length + 2)
    const bytes = Buffer.concat([Buffer.alloc(tables), ...strings])
    await port.scratch(bytes.length, async scratch => {
      let at = scratch.address + BigInt(tables)
      const pointers = strings.map(text => {
        const pointer = at
        at += BigInt(text.length)
        return pointer
      })
      const words = [...pointers.slice(0, argv.length), 0, ...pointers.slice(argv.length), 0]
      encodeWords(...words).copy(bytes)
      const environment = scratch.address + BigInt(8 * (argv.length + 1))
      await Promise.all([
        scratch.write(bytes),
        port.call('execve', [path, scratch.address, environment], { endAnswers: true }),
      ])
    })
  },

  /** @param pid 0 for this one */
  getrlimit: (resource: number, pid = 0) =>
    port.output(RLIMIT_BYTES, 'prlimit64', pid, resource, null).then(decodeLimit),
  setrlimit: (resource: number, limit: ResourceLimit, pid = 0) =>
    port.nothing('prlimit64', pid, resource, encodeLimit(limit), null),
})
