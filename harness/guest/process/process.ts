import type { Task } from '../agent/task.js'
import { fdNumber, type Fd } from './arguments.js'
import { allCalls } from './calls/all.js'
import { descriptorOf } from './descriptor.js'
import { mappedMemory } from './mapping.js'
import { Port } from './port.js'
import type { Calls, Descriptor, Mapping, Process, Thread } from './types.js'

/** A process that the agent has just started. */
export const newProcess = (task: Task): Process => processOn(Port.forTask(task))

function processOn(port: Port): Process {
  const { task } = port
  const self: Process = {
    ...callsOn(port, processOn, () => self),
    exited: task.isChild ? task.status : undefined,
    exit: (status = 0) => task.exit(status, port.deadlineMs),
    terminate: () => task.kill(),
    [Symbol.asyncDispose]: () => task.kill(),
  }
  return self
}

function threadOn(port: Port): Thread {
  const { task } = port
  const end = () => task.exit(0, port.deadlineMs)
  const self: Thread = {
    ...callsOn(port, threadOn, () => self),
    end,
    [Symbol.asyncDispose]: () => (task.isOver ? Promise.resolve() : end()),
  }
  return self
}

/**
 * The calls that processes and threads have in common.
 * @param on makes a caller of the same kind on another port
 * @param self returns the owner of these calls
 */
function callsOn<Caller extends Calls>(port: Port, on: (port: Port) => Caller, self: () => Caller) {
  const { task } = port
  // Descriptors and mappings outlive the one armed call.
  const unarmed = port.unarmed()
  const owner = () => (unarmed === port ? self() : on(unarmed))
  const descriptor = (fd: Fd): Descriptor => descriptorOf(owner(), fdNumber(fd))
  const mapping = (at: bigint | Mapping, length = 0): Mapping => {
    const [address, whole] = typeof at === 'bigint' ? [at, 0] : [at.address, at.length]
    return { process: owner(), ...mappedMemory(unarmed, address, length || whole, mapping) }
  }
  return {
    ...allCalls(port, descriptor, mapping),
    pid: task.pid,
    tid: task.tid,
    closed: task.channel.closed,
    descriptor,
    mapping,
    within: (deadlineMs: number) => on(port.within(deadlineMs)),
    failNth: <Result>(n: number, act: (armed: Caller) => Promise<Result>) =>
      port.failNth(n, armed => act(on(armed))),
    fork: async () => processOn(await port.fork()),
    thread: async () => threadOn(await port.thread()),
  }
}
