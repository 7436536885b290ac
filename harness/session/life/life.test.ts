import { createServer, type AddressInfo } from 'node:net'
import { once } from 'node:events'
import t, { type Test } from 'tap'
import { harnessError } from '../../platform/errors.js'
import { askGuest, consoleLimitMs } from './life.js'

void t.test('a console has as long as some logins took, and at least a moment', t => {
  t.equal(consoleLimitMs(100), 3_000)
  t.equal(consoleLimitMs(2_000), 10_000, 'on a host on which all takes longer')
  t.end()
})

/** A guest whose ssh server takes connections and says this. */
async function reachable(t: Test, greeting: string) {
  const server = createServer(socket => void (greeting === '' || socket.write(greeting)))
  t.teardown(() => void server.close())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return { sshHost: '127.0.0.1' as const, sshPort: (server.address() as AddressInfo).port }
}

/** A guest that does not run, so that only its answers count. */
const idle = { ranMs: 0 }
const LONG = { limitMs: 3_600_000, sshMs: 100 }
const never = () => new Promise<never>(() => undefined)

void t.test(
  'a guest that answers on its console alone is cut off, long before it is silent',
  async t => {
    const answersOnConsole = async () => true
    const silent = { ...idle, ...(await reachable(t, '')), answersOnConsole }
    const asked = askGuest(silent, { ping: never }, LONG)
    t.strictSame(await asked, { connection: 'lost', pingAnswered: true })
  },
)

void t.test('one whose sshd greets is not, and has its time', async t => {
  const answersOnConsole = async () => true
  const greeting = { ...idle, ...(await reachable(t, 'SSH-2.0-x\r\n')), answersOnConsole }
  const late = harnessError('AGENT_SILENT', 'no answer')
  const asked = askGuest(greeting, { ping: () => Promise.reject(late) }, LONG)
  t.strictSame(await asked, { connection: 'open', pingAnswered: false })
})

/** A machine that is silent on its console, and runs as long as `looks` says, look by look. */
const running = (looks: readonly number[]) => {
  let look = 0
  return {
    sshHost: '127.0.0.1' as const,
    sshPort: 0,
    answersOnConsole: (_: number, signal?: AbortSignal) =>
      new Promise<boolean>(resolve => {
        if (signal?.aborted === true) resolve(false)
        signal?.addEventListener('abort', () => resolve(false))
      }),
    get ranMs() {
      return looks[look++] ?? Infinity
    },
  }
}
const SHORT = { limitMs: 4, sshMs: 100 }

void t.test('one that ran for its share and did not answer has no more time', async t => {
  const asked = askGuest(running([7, 8]), { ping: never }, SHORT)
  t.strictSame(await asked, { connection: 'open', pingAnswered: false })
})

void t.test('one that a busy host did not let run has more', async t => {
  let answer: (ms: number) => void = () => undefined
  const ping = () => new Promise<number>(resolve => (answer = resolve))
  let looks = 0
  const ranMs = () => {
    looks += 1
    if (looks === 3) answer(1)
    return 7
  }
  const starved = Object.defineProperty(running([]), 'ranMs', { get: ranMs })
  const asked = askGuest(starved, { ping }, SHORT)
  t.strictSame(await asked, { connection: 'open', pingAnswered: true })
})
