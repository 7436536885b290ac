import { PassThrough } from 'node:stream'
import type { AddressInfo } from 'node:net'
import ssh2, { type ServerChannel } from 'ssh2'
import t, { type Test } from 'tap'
import { keyPair } from './key-pair.fixture.js'
import { login } from './login.js'
import type { SshConnection } from './connection.js'
import { runShell } from './shell.js'

const host = keyPair()
const user = keyPair()

/** A terminal of 100 columns and 30 rows that remembers its modes. */
function terminal(): {
  stdin: PassThrough & { isTTY: boolean; isRaw: boolean; setRawMode(on: boolean): void }
  stdout: PassThrough & { columns: number; rows: number }
  modes: boolean[]
} {
  const modes: boolean[] = []
  const stdin = Object.assign(new PassThrough(), {
    isTTY: true,
    isRaw: false,
    setRawMode: (on: boolean): void => {
      modes.push(on)
    },
  })
  return { stdin, stdout: Object.assign(new PassThrough(), { columns: 100, rows: 30 }), modes }
}

interface Shell {
  readonly channel: ServerChannel
  readonly sizes: string[]
  readonly cut: () => void
}

/** A connection to an sshd that hands each shell to `onShell`. */
async function connected(t: Test, onShell: (shell: Shell) => void): Promise<SshConnection> {
  const sizes: string[] = []
  const server = new ssh2.Server({ hostKeys: [host.private] }, connection => {
    connection.on('error', () => undefined)
    connection.on('authentication', attempt => attempt.accept())
    connection.on('session', accept => {
      const opened = accept()
      opened.on('pty', (acceptPty, _reject, { cols, rows }) => {
        sizes.push(`${cols}x${rows}`)
        acceptPty()
      })
      opened.on('window-change', (_accept, _reject, { cols, rows }) => {
        sizes.push(`${cols}x${rows}`)
        opened.emit('resized')
      })
      opened.on('shell', acceptShell => {
        const channel = acceptShell()
        opened.on('resized' as 'close', () => channel.emit('resized'))
        onShell({ channel, sizes, cut: () => connection.end() })
      })
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const opened = await login({
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    privateKey: user.private,
    hostKey: host.public,
    signal: new AbortController().signal,
    deadlineMs: 10_000,
  })
  t.teardown(() => opened.client.destroy())
  return opened
}

void t.test('input, terminal size and exit status are passed on', async t => {
  const local = terminal()
  let sizes: string[] = []
  const given = await connected(t, shell => {
    sizes = shell.sizes
    shell.channel.once('data', (typed: Buffer) => {
      shell.channel.write(`you typed ${typed.toString()}`)
      local.stdout.columns = 120
      local.stdout.emit('resize')
    })
    shell.channel.once('resized', () => {
      shell.channel.exit(5)
      shell.channel.end()
    })
  })
  local.stdin.write('ls')
  t.match(await runShell(given, local), { code: 5 })
  t.equal(String(local.stdout.read()), 'you typed ls')
  t.strictSame(sizes, ['100x30', '120x30'])
  t.strictSame(local.modes, [true, false], 'raw while the shell runs, and as before after it')
  t.equal(local.stdout.listenerCount('resize'), 0)
  t.ok(local.stdin.isPaused())
})

void t.test('the terminal is restored when the connection breaks', async t => {
  const local = terminal()
  const given = await connected(t, shell => {
    shell.cut()
  })
  await t.rejects(runShell(given, local), { code: 'CONNECTION_LOST' })
  t.strictSame(local.modes, [true, false])
})
