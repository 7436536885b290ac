import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** An answer for a file: all of it, or (`cut`) its first half, then a closed connection. */
export interface MirrorAnswer {
  readonly data: Buffer
  readonly cut?: boolean
}

/** The answer to the `nth` request, from 1; undefined for 404. */
export type MirrorAnswers = (path: string, nth: number) => MirrorAnswer | undefined

/** An HTTP server on this host that misbehaves on request. */
export class LocalMirror implements AsyncDisposable {
  /** `http://127.0.0.1:41835` */
  readonly address: string
  /** Requested paths, in order. */
  readonly asked: string[] = []
  answers: MirrorAnswers = () => undefined
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
    this.address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    server.on('request', (request, response: ServerResponse) => {
      const path = decodeURIComponent(request.url ?? '')
      this.asked.push(path)
      const nth = this.asked.filter(each => each === path).length
      const from = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
      send(response, this.answers(path, nth), from)
    })
  }

  static async open(): Promise<LocalMirror> {
    const server = createServer()
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    return new LocalMirror(server)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise(resolve => this.#server.close(resolve))
  }
}

/** @param from first requested byte: an interrupted client resumes (RFC 9110, 14.2) */
function send(response: ServerResponse, answer: MirrorAnswer | undefined, from: number): void {
  if (answer === undefined) return void response.writeHead(404).end()
  const { data, cut = false } = answer
  const range =
    from > 0 ? { 'content-range': `bytes ${from}-${data.length - 1}/${data.length}` } : {}
  response.writeHead(from > 0 ? 206 : 200, {
    'content-length': data.length - from,
    'accept-ranges': 'bytes',
    ...range,
  })
  if (!cut) return void response.end(data.subarray(from))
  const half = data.subarray(from, from + Math.floor((data.length - from) / 2))
  response.write(half, () => response.destroy())
}
