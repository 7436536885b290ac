import { chmod } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { once } from 'node:events'
import type { Duplex } from 'node:stream'

/** A microvm's devices take 50 KB. */
const MOST_BYTES = 64 * 1024 * 1024

/** Takes one stream on a unix socket: how QEMU hands out the state of its devices. */
export class StateReceiver implements AsyncDisposable {
  readonly #server: Server
  readonly #connection: Promise<Socket>
  #socket: Socket | undefined

  private constructor(server: Server) {
    this.#server = server
    this.#connection = new Promise(resolve =>
      server.once('connection', socket => {
        // Whoever reads it gets the error; it may come before that.
        this.#socket = socket.on('error', () => undefined)
        resolve(socket)
      }),
    )
  }

  /** @param path of the socket to make; whoever can reach it may connect */
  static async listen(path: string): Promise<StateReceiver> {
    const server = createServer({ pauseOnConnect: true })
    const receiver = new StateReceiver(server)
    server.listen(path)
    await once(server, 'listening')
    await chmod(path, 0o777)
    return receiver
  }

  /** The whole stream; asked for when the sender has said that it is complete. */
  async state(): Promise<Buffer> {
    const parts: Buffer[] = []
    let bytes = 0
    for await (const part of await this.#connection) {
      parts.push(part as Buffer)
      bytes += (part as Buffer).length
      if (bytes > MOST_BYTES) throw new Error(`the device state has more than ${MOST_BYTES} bytes`)
    }
    return Buffer.concat(parts)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket?.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }
}

/** Sends the whole stream to a QEMU that loads it; what becomes of it is for QEMU to say. */
export function sendState(state: Buffer, socket: Duplex): void {
  // A QEMU that does not like the beginning hangs up before the end.
  socket.on('error', () => undefined)
  // Unread, it would keep QEMU's end from being known.
  socket.resume().end(state)
}
