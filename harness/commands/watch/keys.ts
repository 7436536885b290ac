import type { ReadStream } from 'node:tty'

/** Key bindings of a watch. */
export const KEYS = {
  a: { wish: 'all', help: 'run all suites' },
  f: { wish: 'failed', help: 'run the suites that failed' },
  '\r': { wish: 'again', help: 'run the same again' },
  t: { wish: 'filter', help: 'only tests whose name matches' },
  h: { wish: 'help', help: 'show these keys' },
  q: { wish: 'quit', help: 'quit' },
} as const

export type Wish = (typeof KEYS)[keyof typeof KEYS]['wish']

const CTRL_C = '\x03'
const CTRL_D = '\x04'

/** The keys and their meanings, one per line. */
export const keysHelp = (): string =>
  Object.entries(KEYS)
    .map(([key, { help }]) => `  ${key === '\r' ? 'Enter' : key.padEnd(5)}  ${help}\n`)
    .join('')

/**
 * Calls `onWish` for each bound key, with the terminal in raw mode until disposed. Ctrl+C still
 * works as the signal.
 */
export function listenToKeys(stdin: ReadStream, onWish: (wish: Wish) => void): Disposable {
  const take = (chunk: Buffer): void => {
    for (const key of chunk.toString()) {
      if (key === CTRL_C) process.kill(process.pid, 'SIGINT')
      else if (key === CTRL_D) onWish('quit')
      else if (Object.hasOwn(KEYS, key)) onWish(KEYS[key as keyof typeof KEYS].wish)
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
