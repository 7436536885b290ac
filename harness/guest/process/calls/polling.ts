import { architecture } from '../../abi/architecture.js'
import { fdNumber, Out, type Fd } from '../arguments.js'
import type { Port } from '../port.js'

const POLLFD_BYTES = 8

/** poll and epoll. */
export const pollingCalls = <Descriptor>(port: Port, opened: (fd: number) => Descriptor) => ({
  /**
   * @param timeoutMs 0 returns at once, -1 waits forever (and then needs `within`)
   * @returns each descriptor's events (POLL…), in the order given; 0 for none
   */
  async poll(
    polled: readonly { readonly fd: Fd; readonly events: number }[],
    timeoutMs = 0,
  ): Promise<readonly number[]> {
    const bytes = Buffer.alloc(POLLFD_BYTES * polled.length)
    polled.forEach(({ fd, events }, index) => {
      bytes.writeInt32LE(fdNumber(fd), POLLFD_BYTES * index)
      bytes.writeInt16LE(events, POLLFD_BYTES * index + 4)
    })
    await port.number('poll', bytes, polled.length, timeoutMs)
    return polled.map((_, index) => bytes.readInt16LE(POLLFD_BYTES * index + 6))
  },

  epollCreate1: (flags = 0) => port.number('epoll_create1', flags).then(opened),

  /** @param data returned with the event; default: the descriptor's number */
  async epollCtl(
    epoll: Fd,
    operation: number,
    fd: Fd,
    events = 0,
    data: bigint = BigInt(fdNumber(fd)),
  ): Promise<void> {
    const size = architecture.epollEventBytes
    const event = Buffer.alloc(size)
    event.writeUInt32LE(events >>> 0, 0)
    event.writeBigUInt64LE(data, size - 8)
    await port.number('epoll_ctl', epoll, operation, fd, event)
  },

  async epollWait(epoll: Fd, maxEvents: number, timeoutMs: number) {
    const size = architecture.epollEventBytes
    const out = new Out(size * maxEvents)
    const count = await port.number('epoll_pwait', epoll, out, maxEvents, timeoutMs, 0, 8)
    return Array.from({ length: count }, (_, index) => ({
      events: out.bytes.readUInt32LE(size * index),
      data: out.bytes.readBigUInt64LE(size * index + size - 8),
    }))
  },
})
