import t from 'tap'
import type { AgentClient } from './agent/client.js'
import type { Hello } from './agent/payloads.js'
import { Guest } from './guest.js'
import type { SshConnection } from './ssh/connection.js'

t.test('what is killed includes a command that was only asked for', async t => {
  const asked: string[] = []
  let start = (): void => undefined
  const started = new Promise<void>(resolve => (start = resolve))
  const turns = { end: () => started }
  const connection = { turns, stoppedMs: () => 0 } as unknown as SshConnection
  const agent = {
    deadlineMs: 1000,
    closed: new Promise(() => undefined),
    log: { barrier: async () => 1 },
    spawn: async () => Promise.reject(new Error('no files are read')),
    others: async () => (asked.push('others'), []),
    killAllBut: async () => undefined,
    fence: async () => true,
  } as unknown as AgentClient
  const guest = new Guest(connection, agent, {} as Hello, new Promise(() => undefined))
  const read = guest.readWithoutProcesses([], async () => 'read', 1000)
  await new Promise(resolve => setImmediate(resolve))
  t.strictSame(asked, [], 'not before it has begun')
  start()
  t.match(await read, { values: 'read', left: [] })
  t.strictSame(asked, ['others'])
})
