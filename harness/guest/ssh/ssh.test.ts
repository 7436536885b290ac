import { createServer, type AddressInfo, type Socket } from 'node:net'
import ssh2, { type Connection, type ServerChannel } from 'ssh2'
import t, { type Test } from 'tap'
import { openChannel } from './channel.js'
import { runCommand, startCommand } from './command.js'
import { shellQuote as quoted } from '../../platform/text/text.js'
import { keyPair } from './key-pair.fixture.js'
import { login } from './login.js'
import type { SshConnection } from './connection.js'

const host = keyPair()
const user = keyPair()
const never = new AbortController().signal

type Program = (channel: ServerChannel, line: string, connection: Connection) => void

/**
 * An sshd that accepts one key and runs `program` for each command, after the line with its group.
 * All that is sent in one turn of the event loop arrives in one piece.
 */
async function serve(
  t: Test,
  program: Program = channel => channel.exit(0),
  firstLines: string[] = [],
): Promise<number> {
  const allowed = ssh2.utils.parseKey(user.public)
  if (allowed instanceof Error) throw allowed
  const ssh = new ssh2.Server({ hostKeys: [host.private] }, connection => {
    connection.on('error', () => undefined)
    connection.on('authentication', attempt => {
      const isAllowed =
        attempt.method === 'publickey' && attempt.key.data.equals(allowed.getPublicSSH())
      if (isAllowed) attempt.accept()
      else attempt.reject(['publickey'])
    })
    connection.on('session', accept => {
      accept().on('exec', (acceptExec, _reject, { command }) => {
        const socket = sockets.at(-1)
        socket?.cork()
        setImmediate(() => socket?.uncork())
        const channel = acceptExec()
        channel.on('error', () => undefined)
        channel.stderr.write(firstLines.shift() ?? '4711\n')
        program(channel, command, connection)
      })
    })
  })
  const sockets: Socket[] = []
  const server = createServer(socket => {
    sockets.push(socket)
    ssh.injectSocket(socket)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  return (server.address() as AddressInfo).port
}

const access = { host: '127.0.0.1', privateKey: user.private, hostKey: host.public, signal: never }

async function connected(t: Test, port: number): Promise<SshConnection> {
  const opened = await login({ ...access, port, deadlineMs: 10_000 })
  t.teardown(() => opened.client.destroy())
  return opened
}

const nothing = (): Promise<void> => Promise.resolve()
const keeper = { killGroup: nothing, holdExits: () => Promise.resolve(nothing) }

void t.test('only the pinned host key is accepted', async t => {
  const port = await serve(t)
  const hostKey = keyPair().public
  await t.rejects(login({ ...access, hostKey, port, deadlineMs: 10_000 }), {
    code: 'HOST_KEY_MISMATCH',
    message: new RegExp(quoteExpression(host.public.split(' ')[1] ?? '')),
  })
  await t.rejects(login({ ...access, hostKey: 'ssh-rsa AAAA', port, deadlineMs: 10_000 }), {
    code: 'HOST_KEY_INVALID',
  })
})

void t.test('a key that the guest refuses is not retried', async t => {
  const port = await serve(t)
  const privateKey = keyPair().private
  await t.rejects(login({ ...access, privateKey, port, deadlineMs: 10_000 }), {
    code: 'SSH_AUTH_REFUSED',
  })
})

void t.test('a port without a listener is retried until the deadline, or an abort', async t => {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  await t.rejects(login({ ...access, port, deadlineMs: 100 }), {
    code: 'SSH_TIMEOUT',
    cause: { code: 'ECONNREFUSED' },
  })
  const abort = new AbortController()
  const aborted = t.rejects(login({ ...access, port, deadlineMs: 10_000, signal: abort.signal }), {
    message: 'enough',
  })
  abort.abort(new Error('enough'))
  await aborted
})

void t.test('a silent guest gets one connection, until the deadline', async t => {
  let connections = 0
  const server = createServer(socket => {
    connections++
    socket.on('error', () => undefined)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  await t.rejects(login({ ...access, port, deadlineMs: 200 }), { code: 'SSH_TIMEOUT' })
  t.equal(connections, 1)
})

void t.test('a command: its streams, input and status', async t => {
  const port = await serve(t, (channel, line) => {
    channel.on('data', (chunk: Buffer) => {
      channel.write(`${line} read ${chunk.toString()}`)
      channel.stderr.write('complaint')
      channel.exit(3)
      channel.end()
    })
  })
  const command = await runCommand(await connected(t, port), 'some thing', keeper, {
    stdin: 'input',
  })
  t.match(command, { stderr: 'complaint', code: 3, signal: null })
  t.match(command.stdout, /setsid sh -c 'some thing' read input/)
})

void t.test('a command is known to be starting until it has begun, or has failed', async t => {
  const given = await connected(t, await serve(t, channel => channel.end(), ['4711\n', 'no\n']))
  for (const isStarted of [true, false]) {
    const started = startCommand(given, 'x', keeper).then(
      () => true,
      () => false,
    )
    let isKnown = false
    const begun = given.turns.end().then(() => (isKnown = true))
    t.notOk(isKnown)
    t.equal(await started, isStarted)
    await begun
  }
})

void t.test('a signal that ended a command is reported', async t => {
  const port = await serve(t, channel => {
    channel.exit('KILL')
    channel.end()
  })
  const { code, signal } = await runCommand(await connected(t, port), 'x', keeper, {})
  t.strictSame({ code, signal }, { code: null, signal: 'KILL' })
})

void t.test('a command whose start, status and end come in one packet', async t => {
  const port = await serve(t, channel => {
    channel.exit(7)
    channel.end()
  })
  const given = await connected(t, port)
  t.match(await runCommand(given, 'x', keeper, {}), { code: 7, signal: null })
})

void t.test('a channel that closes without a status ends the connection', async t => {
  const port = await serve(t, channel => channel.end())
  const given = await connected(t, port)
  const started = await startCommand(given, 'x', keeper)
  started.stdout.resume()
  const lost = { code: 'CONNECTION_LOST', exitCode: 3, message: /how the program ended was not/ }
  await t.rejects(started.exited, lost)
  t.match(await given.closed, lost)
  await t.rejects(runCommand(given, 'x', keeper, {}), lost)
})

void t.test('a command that its shell does not start leaves the connection usable', async t => {
  let commands = 0
  const program: Program = channel => {
    commands++
    if (commands === 1) return
    channel.exit(0)
    channel.end()
  }
  const port = await serve(t, program, ['sh: out of memory\n'])
  const given = await connected(t, port)
  await t.rejects(startCommand(given, 'x', keeper), {
    code: 'COMMAND_NOT_STARTED',
    detail: 'sh: out of memory',
  })
  t.match(await runCommand(given, 'x', keeper, {}), { code: 0 })
  t.equal(given.lost, undefined)
})

void t.test('a connection that ends in the packet that a command starts in', async t => {
  const port = await serve(t, (_channel, _line, connection) => connection.end())
  const given = await connected(t, port)
  const started = openChannel(given, 'exec', done => given.client.exec('x', done))
  await t.rejects(
    started.then(({ exited }) => exited),
    { code: 'CONNECTION_LOST' },
  )
})

void t.test('a flood is cut off, and its process group killed', async t => {
  const port = await serve(t, channel => {
    const pour = (): void => {
      while (channel.writable && channel.write(Buffer.alloc(32 * 1024)));
    }
    channel.on('drain', pour)
    pour()
  })
  const killed: number[] = []
  const kill = (group: number): Promise<void> => {
    killed.push(group)
    return Promise.resolve()
  }
  const killing = { ...keeper, killGroup: kill }
  await t.rejects(runCommand(await connected(t, port), 'yes', killing, { maxBytes: 100_000 }), {
    code: 'COMMAND_FLOOD',
  })
  t.strictSame(killed, [4711])
})

void t.test('a command that does not end is given up', async t => {
  const port = await serve(t, () => undefined)
  const given = await connected(t, port)
  await t.rejects(runCommand(given, 'sleep 100', keeper, { timeoutMs: 20 }), {
    code: 'COMMAND_TIMEOUT',
  })
})

void t.test('a connection that breaks under a command', async t => {
  const port = await serve(t, (_channel, _line, connection) => connection.end())
  const broken = await connected(t, port)
  await t.rejects(
    startCommand(broken, 'x', keeper).then(command => command.exited),
    {
      code: 'CONNECTION_LOST',
    },
  )
  await t.rejects(runCommand(broken, 'x', keeper, {}), { code: 'CONNECTION_LOST' })
})

void t.test('words for sh', t => {
  t.equal(quoted('/lib/x-1.ko'), '/lib/x-1.ko')
  t.end()
})

const quoteExpression = (text: string): string => text.replace(/[+/]/g, '\\$&')
