import { once } from 'node:events'
import { createServer, connect, type AddressInfo, type Socket } from 'node:net'
import { Duplex } from 'node:stream'
import t, { type Test } from 'tap'
import { alreadyOver } from './already-over.fixture.js'
import { Qmp } from './qmp.js'

interface QmpCommand {
  readonly execute: string
  readonly arguments: Record<string, unknown>
  readonly id: number
}

/** A client, and a server that answers each command by `answer`. */
async function pair(
  t: Test,
  answer: (asked: QmpCommand, socket: Socket) => void,
): Promise<{ qmp: Qmp; server: Socket }> {
  const listener = createServer().listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const arrived = once(listener, 'connection')
  const client = connect((listener.address() as AddressInfo).port, '127.0.0.1')
  const [server] = (await arrived) as [Socket]
  t.teardown(() => {
    client.destroy()
    server.destroy()
    listener.close()
  })
  let text = ''
  server.on('data', chunk => {
    text += chunk.toString()
    const lines = text.split('\n')
    text = lines.pop() ?? ''
    for (const line of lines) {
      const asked = JSON.parse(line) as QmpCommand
      if (asked.execute === 'qmp_capabilities') reply(server, asked.id, {})
      else answer(asked, server)
    }
  })
  server.write('{"QMP": {"version": {}, "capabilities": ["oob"]}}\r\n')
  const qmp = new Qmp(client)
  await qmp.negotiate()
  return { qmp, server }
}

const reply = (socket: Socket, id: number, value: unknown) =>
  socket.write(`${JSON.stringify({ return: value, id })}\r\n`)

void t.test('answers are matched to their commands in any order', async t => {
  const asked: QmpCommand[] = []
  const { qmp } = await pair(t, (one, socket) => {
    asked.push(one)
    if (asked.length < 2) return
    for (const { id, execute } of asked.reverse()) reply(socket, id, `for ${execute}`)
  })
  const answers = await Promise.all([qmp.execute('first'), qmp.execute('second')])
  t.same(answers, ['for first', 'for second'])
})

void t.test('garbage, split and joined frames, and unknown ids are ignored', async t => {
  const { qmp } = await pair(t, ({ id }, socket) => {
    const events = '{"event":"STOP","data":{}}\n{"event":"RESUME"}\n'
    const bytes = Buffer.from(
      `\0\xff\x1b garbage\n[]\nnull\n"x"\n{"return":1,"id":9999}\n{"return":1}\n{"return":1,"id":"${id}"}\n{"return":1,"id":[${id}]}\n${events}{"return":{"ü":1},"id":${id}}\n`,
    )
    for (const byte of bytes) socket.write(Buffer.from([byte]))
  })
  const events: string[] = []
  qmp.on('event', ({ event }) => events.push(event))
  t.same(await qmp.execute('x'), { ü: 1 })
  t.same(events, ['STOP', 'RESUME'])
})

void t.test('an overlong line is dropped, and the next one read', async t => {
  const { qmp } = await pair(t, ({ id }, socket) => {
    socket.write(`{"return":"${'x'.repeat(5 * 1024 * 1024)}","id":${id}}\n`)
    reply(socket, id, 'short')
  })
  t.equal(await qmp.execute('x'), 'short')
})

void t.test("QEMU's refusals become errors with its words, escaped", async t => {
  const { qmp } = await pair(t, ({ id }, socket) => {
    socket.write(
      `${JSON.stringify({ error: { class: 'CommandNotFound', desc: 'no \x1b[1mx' }, id })}\n`,
    )
  })
  await t.rejects(qmp.execute('x'), {
    code: 'QMP_ERROR',
    message: /x: CommandNotFound: no \\x1b\[1mx/,
  })
})

void t.test('human monitor commands are sent through QMP', async t => {
  const { qmp } = await pair(t, (asked, socket) => {
    reply(socket, asked.id, `${asked.execute} ${String(asked.arguments['command-line'])}\r\n`)
  })
  t.equal(await qmp.monitor('info usernet'), 'human-monitor-command info usernet\n')
})

void t.test('closing rejects pending and later commands', async t => {
  const { qmp } = await pair(t, (_, socket) => socket.destroy())
  await t.rejects(qmp.execute('first'), { code: 'QMP_CLOSED' })
  await t.rejects(qmp.execute('second'), { code: 'QMP_CLOSED' })
})

void t.test('a command ends at its deadline', async t => {
  const { qmp } = await pair(t, () => undefined)
  await t.rejects(qmp.execute('slow', {}, { deadlineMs: 10 }), {
    code: 'QMP_TIMEOUT',
    message: /slow within 10 ms/,
  })
})

void t.test('an event that comes together with the first answer is received', async t => {
  const stream = new Duplex({ read: () => undefined, write: (_, __, done) => done() })
  const qmp = new Qmp(stream)
  const events: string[] = []
  qmp.on('event', ({ event }) => events.push(event))
  stream.push('{"return":{},"id":1}\n{"event":"SHUTDOWN","data":{}}\n')
  await qmp.negotiate()
  stream.destroy()
  t.same(events, ['SHUTDOWN'])
})

for (const [how, stream] of alreadyOver()) {
  void t.test(`a channel that is ${how} before it is read is closed`, async t => {
    const over = await stream
    await t.rejects(new Qmp(over).negotiate(), { code: 'QMP_CLOSED' })
  })
}
