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

const LONG = { limitMs: 3_600_000, sshMs: 100 }
const never = () => new Promise<never>(() => undefined)

void t.test(
  'a guest that answers on its console alone is cut off, long before it is silent',
  async t => {
    const answersOnConsole = async () => true
    const silent = { ...(await reachable(t, '')), answersOnConsole }
    const asked = askGuest(silent, { ping: never }, LONG)
    t.strictSame(await asked, { connection: 'lost', pingAnswered: true })
  },
)

void t.test('one whose sshd greets is not, and has its time', async t => {
  const answersOnConsole = async () => true
  const greeting = { ...(await reachable(t, 'SSH-2.0-x\r\n')), answersOnConsole }
  const late = harnessError('AGENT_SILENT', 'no answer')
  const asked = askGuest(greeting, { ping: () => Promise.reject(late) }, LONG)
  t.strictSame(await asked, { connection: 'open', pingAnswered: false })
})
