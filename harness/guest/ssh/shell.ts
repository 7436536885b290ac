import type { Readable, Writable } from 'node:stream'
import { openChannel, type Exit } from './channel.js'
import type { SshConnection } from './connection.js'

/** The local end, such as `process.stdin` and `process.stdout`. */
export interface LocalTerminal {
  readonly stdin: Readable & {
    readonly isTTY?: boolean
    readonly isRaw?: boolean
    setRawMode?(on: boolean): unknown
  }
  readonly stdout: Writable & { readonly columns?: number; readonly rows?: number }
  /** $TERM in the guest; default xterm-256color. */
  readonly term?: string
}

/** Runs a login shell on the local terminal, and restores the terminal afterwards. */
export async function runShell(
  connection: SshConnection,
  { stdin, stdout, term = 'xterm-256color' }: LocalTerminal,
): Promise<Exit> {
  const size = { cols: stdout.columns ?? 80, rows: stdout.rows ?? 24, width: 0, height: 0 }
  const { channel, exited, abandon } = await openChannel(connection, 'shell', done => {
    connection.client.shell({ term, ...size }, done)
  })
  const wasRaw = stdin.isRaw ?? false
  const resize = (): void => {
    channel.setWindow(stdout.rows ?? 24, stdout.columns ?? 80, 0, 0)
  }
  try {
    if (stdin.isTTY) stdin.setRawMode?.(true)
    stdout.on('resize', resize)
    stdin.pipe(channel.stdin)
    channel.pipe(stdout, { end: false })
    channel.stderr.pipe(stdout, { end: false })
    return await exited
  } finally {
    stdin.unpipe(channel.stdin)
    // A terminal that is still being read keeps the harness from exiting.
    stdin.pause()
    stdout.off('resize', resize)
    if (stdin.isTTY) stdin.setRawMode?.(wasRaw)
    abandon()
  }
}
