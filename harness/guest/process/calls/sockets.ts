import { AF_UNIX, SCM_RIGHTS, SOCK_CLOEXEC, SOCK_STREAM, SOL_SOCKET } from '../../abi/sockets.js'
import { encodeWords } from '../../abi/structures.js'
import { fdNumber, type Fd } from '../arguments.js'
import type { Port } from '../port.js'

const MSGHDR_BYTES = 56
const IOVEC_BYTES = 16
const CMSGHDR_BYTES = 16

const controlBytes = (fds: number): number => CMSGHDR_BYTES + Math.ceil((4 * fds) / 8) * 8

/** struct msghdr, its struct iovec, the control message and the data, consecutively. */
function message(at: bigint, controlLength: number, dataLength: number): Buffer {
  const iovec = at + BigInt(MSGHDR_BYTES)
  const control = iovec + BigInt(IOVEC_BYTES)
  const data = control + BigInt(controlLength)
  return encodeWords(0, 0, iovec, 1, controlLength && control, controlLength, 0, data, dataLength)
}

/** Sockets that pass descriptors from one process to another. */
export const socketCalls = <Descriptor>(port: Port, opened: (fd: number) => Descriptor) => ({
  async socketpair(
    type = SOCK_STREAM | SOCK_CLOEXEC,
    family = AF_UNIX,
  ): Promise<readonly [Descriptor, Descriptor]> {
    const pair = await port.output(8, 'socketpair', family, type, 0)
    return [opened(pair.readInt32LE(0)), opened(pair.readInt32LE(4))]
  },

  /** Sends descriptors (SCM_RIGHTS) with some bytes, by default one. */
  async sendFds(
    socket: Fd,
    fds: readonly Fd[],
    data: Uint8Array = Buffer.from('x'),
    flags = 0,
  ): Promise<number> {
    const control = Buffer.alloc(controlBytes(fds.length))
    control.writeBigUInt64LE(BigInt(CMSGHDR_BYTES + 4 * fds.length), 0)
    control.writeInt32LE(SOL_SOCKET, 8)
    control.writeInt32LE(SCM_RIGHTS, 12)
    fds.forEach((fd, index) => {
      control.writeInt32LE(fdNumber(fd), CMSGHDR_BYTES + 4 * index)
    })
    const length = MSGHDR_BYTES + IOVEC_BYTES + control.length + data.length
    return port.scratch(length, async scratch => {
      const header = message(scratch.address, control.length, data.length)
      const [, sent] = await Promise.all([
        scratch.write(Buffer.concat([header, control, data])),
        port.number('sendmsg', socket, scratch.address, flags),
      ])
      return sent
    })
  },

  /** Receives up to `maxFds` descriptors and `maxBytes` bytes; none at the end of the stream. */
  async recvFds(
    socket: Fd,
    options: { readonly maxFds?: number; readonly maxBytes?: number; readonly flags?: number } = {},
  ): Promise<{
    readonly fds: readonly Descriptor[]
    readonly data: Buffer
    /** MSG_CTRUNC etc. */
    readonly flags: number
  }> {
    const { maxFds = 16, maxBytes = 256, flags = 0 } = options
    const controlLength = controlBytes(maxFds)
    const start = MSGHDR_BYTES + IOVEC_BYTES
    const length = start + controlLength + maxBytes
    const [, received, bytes] = await port.scratch(length, scratch =>
      Promise.all([
        scratch.write(message(scratch.address, controlLength, maxBytes)),
        port.number('recvmsg', socket, scratch.address, flags),
        scratch.read(),
      ]),
    )
    const data = bytes.subarray(start + controlLength)
    const used = Number(bytes.readBigUInt64LE(40))
    const fds: Descriptor[] = []
    const end = used >= CMSGHDR_BYTES ? Number(bytes.readBigUInt64LE(start)) : 0
    for (let at = CMSGHDR_BYTES; at + 4 <= Math.min(end, controlLength); at += 4) {
      fds.push(opened(bytes.readInt32LE(start + at)))
    }
    return { fds, data: data.subarray(0, received), flags: bytes.readInt32LE(48) }
  },
})
