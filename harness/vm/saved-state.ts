import { chmod } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { once } from 'node:events'
import type { Duplex } from 'node:stream'

/** A microvm's device state takes 50 KB, a PC's with its firmware a megabyte. */
const MAX_BYTES = 64 * 1024 * 1024

/** Receives one stream on a unix socket: QEMU's device state. */
export class StateReceiver implements AsyncDisposable {
  readonly #server: Server
  readonly #state: Promise<Buffer>
  #socket: Socket | undefined

  private constructor(server: Server) {
    this.#server = server
    this.#state = new Promise<Socket>(resolve => {
      server.once('connection', socket => {
        this.#socket = socket
        resolve(socket)
      })
    }).then(read)
    // Awaited when QEMU has sent it all.
    this.#state.catch(() => undefined)
  }

  /** @param path of the socket to create; anyone who can reach it may connect */
  static async listen(path: string): Promise<StateReceiver> {
    const server = createServer()
    const receiver = new StateReceiver(server)
    server.listen(path)
    await once(server, 'listening')
    await chmod(path, 0o777)
    return receiver
  }

  /** The whole stream; asked for when QEMU reports that the migration is complete. */
  state(): Promise<Buffer> {
    return this.#state
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket?.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }
}

/** As it comes: QEMU waits for a reader when the socket is full. */
async function read(socket: Socket): Promise<Buffer> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of socket) {
    parts.push(part as Buffer)
    bytes += (part as Buffer).length
    if (bytes > MAX_BYTES) throw new Error(`the device state has more than ${MAX_BYTES} bytes`)
  }
  return Buffer.concat(parts)
}

/** Sends a device state to a QEMU that loads it; QEMU reports the result on its monitor. */
export function sendState(state: Buffer, socket: Duplex): void {
  // A QEMU that rejects the beginning closes the socket early.
  socket.on('error', () => undefined)
  // Must be drained, or QEMU closing it goes unnoticed.
  socket.resume().end(state)
}
