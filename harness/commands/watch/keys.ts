import type { ReadStream } from 'node:tty'

/** Key bindings of a watch. */
const KEYS = {
  a: { request: 'all', help: 'run all suites' },
  f: { request: 'failed', help: 'run the suites that failed' },
  '\r': { request: 'again', help: 'run the same again' },
  t: { request: 'filter', help: 'only tests whose name matches' },
  h: { request: 'help', help: 'show these keys' },
  q: { request: 'quit', help: 'quit' },
} as const

export type WatchRequest = (typeof KEYS)[keyof typeof KEYS]['request']

const CTRL_C = '\x03'
const CTRL_D = '\x04'

/** The keys and their meanings, one per line. */
export const keysHelp = (): string =>
  Object.entries(KEYS)
    .map(([key, { help }]) => `  ${key === '\r' ? 'Enter' : key.padEnd(5)}  ${help}\n`)
    .join('')

/**
 * Calls `onRequest` for each bound key, with the terminal in raw mode until disposed. Ctrl+C still
 * works as the signal.
 */
export function listenToKeys(
  stdin: ReadStream,
  onRequest: (request: WatchRequest) => void,
): Disposable {
  const take = (chunk: Buffer): void => {
    for (const key of chunk.toString()) {
      if (key === CTRL_C) process.kill(process.pid, 'SIGINT')
      else if (key === CTRL_D) onRequest('quit')
      else if (Object.hasOwn(KEYS, key)) onRequest(KEYS[key as keyof typeof KEYS].request)
    }
  }
  stdin.setRawMode(true)
  stdin.on('data', take)
  stdin.resume()
  return {
    [Symbol.dispose]: () => {
      stdin.off('data', take)
      stdin.setRawMode(false)
      stdin.pause()
    },
  }
}
