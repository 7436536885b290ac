import { spawn } from 'node:child_process'
import { PassThrough } from 'node:stream'
import t from 'tap'
import { connectedPair } from '../stream-pair.fixture.js'
import { buildAgent, startAgent } from '../local-agent.fixture.js'
import { AgentClient } from './client.js'
import {
  AnswerOp,
  encodeFrame,
  FrameReader,
  MAX_PAYLOAD_BYTES,
  PROTOCOL_VERSION,
  RequestOp,
} from './frames.js'

const hello = Buffer.alloc(88)
hello.writeUInt32LE(PROTOCOL_VERSION, 0)
hello.writeUInt32LE(62, 4)
hello.writeUInt32LE(4096, 8)

/** A client, and a fake agent that has sent its hello; `say` sends what the test wants. */
async function fakeAgent(): Promise<{
  agent: AgentClient
  say: (op: number, payload?: Buffer<ArrayBufferLike>, request?: number, task?: number) => void
  raw: (bytes: Buffer | string) => void
  cut: () => void
}> {
  const [near, far] = connectedPair()
  const opening = AgentClient.open(near, { deadlineMs: 10_000 })
  const say = (op: number, payload: Buffer = Buffer.alloc(0), request = 0, task = 0): void => {
    far.write(encodeFrame({ request, task, op, payload }))
  }
  say(AnswerOp.hello, hello, 1)
  const { agent } = await opening
  return { agent, say, raw: bytes => far.write(bytes), cut: () => far.destroy() }
}

void t.test('frames survive any splitting of the stream', t => {
  const payloads = ['', 'a', 'b'.repeat(1000)].map(text => Buffer.from(text))
  const bytes = Buffer.concat(
    payloads.map((payload, index) => encodeFrame({ request: index, task: 7, op: 66, payload })),
  )
  for (const size of [1, 3, 16, 17, 500, bytes.length]) {
    const reader = new FrameReader()
    const frames = []
    for (let at = 0; at < bytes.length; at += size) {
      frames.push(...reader.push(bytes.subarray(at, at + size)))
    }
    t.strictSame(
      frames.map(({ request, payload }) => [request, payload.toString()]),
      payloads.map((payload, index) => [index, payload.toString()]),
      `in pieces of ${size}`,
    )
  }
  t.throws(
    () => encodeFrame({ request: 1, task: 1, op: 1, payload: Buffer.alloc(MAX_PAYLOAD_BYTES + 1) }),
    RangeError,
  )
  t.end()
})

void t.test("output that is not an agent's is refused, and shown", async t => {
  const [near, far] = connectedPair()
  const opening = AgentClient.open(near, { deadlineMs: 10_000 })
  far.write('sh: /bin/agent: not found\n')
  const lost = await opening.catch((error: unknown) => error)
  t.match(lost, { code: 'CONNECTION_LOST', cause: { message: /sh: \/bin\/agent: not found/ } })
})

void t.test('an agent of another version is refused', async t => {
  const [near, far] = connectedPair()
  const opening = AgentClient.open(near, { deadlineMs: 10_000 })
  const other = Buffer.from(hello)
  other.writeUInt32LE(99, 0)
  far.write(encodeFrame({ request: 1, task: 0, op: AnswerOp.hello, payload: other }))
  await t.rejects(opening, { code: 'AGENT_PROTOCOL', message: /protocol 99/ })
})

void t.test('a silent agent times out', async t => {
  const [near] = connectedPair()
  await t.rejects(AgentClient.open(near, { deadlineMs: 20 }), { code: 'CALL_TIMEOUT' })
})

void t.test('malformed answers reject their request', async t => {
  for (const [op, payload, expected] of [
    [AnswerOp.ok, Buffer.alloc(0), /reported a task that was not requested/],
    [AnswerOp.error, Buffer.from('\x0b\0\0\0no \x1b[31mplace'), /no \?\[31mplace \(EAGAIN\)/],
    [AnswerOp.task, Buffer.alloc(3), /sent invalid data/],
  ] as const) {
    const { agent, say } = await fakeAgent()
    const spawned = t.rejects(agent.spawn(), { message: expected })
    say(op, payload, 2)
    await spawned
  }
})

void t.test('answers without a request and events without a task are dropped', async t => {
  const { agent, say } = await fakeAgent()
  say(AnswerOp.result, Buffer.alloc(16), 4711, 9)
  say(AnswerOp.taskClosed, Buffer.alloc(0), 0, 9)
  say(AnswerOp.ok, Buffer.alloc(0), 4711)
  const barrier = agent.log.barrier()
  say(AnswerOp.ok, Buffer.alloc(0), 2)
  t.equal(await barrier, -1)
})

void t.test('a lost connection rejects pending and later requests', async t => {
  const { agent, cut } = await fakeAgent()
  const waiting = t.rejects(agent.spawn(), { code: 'CONNECTION_LOST' })
  cut()
  await waiting
  t.match(await agent.closed, { code: 'CONNECTION_LOST' })
  await t.rejects(agent.hello(), { code: 'CONNECTION_LOST' })
})

void t.test("the agent's last message is passed on", async t => {
  const { agent, say } = await fakeAgent()
  say(AnswerOp.fatal, Buffer.from('a frame says 4294967295 bytes'))
  t.match(await agent.closed, { cause: { message: /gave up: a frame says 4294967295 bytes/ } })
})

void t.test('the real agent', async t => {
  const built = await buildAgent()
  t.teardown(() => built[Symbol.asyncDispose]())

  await t.test('answers unknown requests with an error, and continues', async t => {
    await using running = await startAgent(built)
    const task = await running.agent.spawn()
    const asked = { what: () => 'something', deadlineMs: 10_000 }
    const unknown = await task.channel.ask(99, Buffer.alloc(3), asked)
    t.equal(unknown?.op, AnswerOp.error)
    const short = await task.channel.ask(RequestOp.syscall, Buffer.alloc(55), asked)
    t.equal(short?.op, AnswerOp.error)
    t.equal((await running.agent.hello()).pageSize, running.hello.pageSize)
  })

  await t.test('exits on an invalid frame, and reports it', async t => {
    const child = spawn(built.file, { stdio: ['pipe', 'pipe', 'pipe'] })
    const stderr = new PassThrough()
    child.stderr.pipe(stderr)
    child.stdin.write(Buffer.alloc(16, 0xff))
    child.stdout.resume()
    const status = await new Promise(resolve => child.on('exit', resolve))
    t.equal(status, 2)
    t.match(String(stderr.read()), /a frame says 4294967295 bytes, and 65536 is the most/)
  })

  await t.test('serves a slow reader in bounded memory', async t => {
    const child = spawn(built.file, { stdio: ['pipe', 'pipe', 'inherit'] })
    const pings = 100_000
    const frames = Array.from({ length: pings }, (_, index) =>
      encodeFrame({ request: index + 1, task: 0, op: RequestOp.hello, payload: Buffer.alloc(0) }),
    )
    child.stdin.write(Buffer.concat(frames))
    const reader = new FrameReader()
    let last = 0
    // Nothing was read so far: the answers, ten megabytes, wait for their questions to be taken.
    for await (const chunk of child.stdout) {
      for (const frame of reader.push(chunk as Buffer)) {
        if (frame.op === AnswerOp.hello) last = frame.request
      }
      if (last === pings) child.stdin.end()
    }
    t.equal(last, pings)
  })
})
