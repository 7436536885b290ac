import type { Accelerator } from '../../contract/accelerator.js'
import { readFile } from 'node:fs/promises'
import { scaled } from '../../platform/waiting/deadlines.js'
import type { ConnectOptions } from '../../guest/index.js'

const CONNECT_MS = 10_000
const CALL_MS = 10_000

/** How the harness and a guest authenticate to each other. */
export interface SshAccess {
  readonly privateKeyFile: string
  /** As in `known_hosts`: `ssh-ed25519 AAAA…`. */
  readonly hostKey: string
}

/** Options for connecting to a machine on this host. */
export async function sshOptions(
  { privateKeyFile, hostKey }: SshAccess,
  machine: { readonly sshPort: number; readonly stoppedMs: number },
  accelerator: Accelerator,
  signal: AbortSignal,
): Promise<ConnectOptions> {
  return {
    host: '127.0.0.1',
    port: machine.sshPort,
    privateKey: await readFile(privateKeyFile, 'utf8'),
    hostKey,
    signal,
    deadlineMs: scaled(CONNECT_MS, accelerator),
    callDeadlineMs: scaled(CALL_MS, accelerator),
    stoppedMs: () => machine.stoppedMs,
  }
}
