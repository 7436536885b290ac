import { execa } from 'execa'

/** Who a program runs as; see credentials(7). */
export interface Account {
  readonly uid: number
  readonly gid: number
  /** Supplementary groups. */
  readonly groups: readonly number[]
}

export interface OwnedOptions {
  /** Default: the harness's own account. Only root may name another. */
  readonly account?: Account
  /**
   * What the program finds as descriptor 3, 4, …: `'pipe'` is one end of a socket pair whose other end is
   * `process.stdio[3]`, and so on; a number is a descriptor of the harness's to inherit.
   */
  readonly descriptors?: readonly ('pipe' | number)[]
}

// execa's types know descriptors up to 9 only; it takes any.
type Descriptor = 'pipe' | 3
type Stdio = ['ignore', 'pipe', 'pipe', ...Descriptor[]]

export type OwnedProcess = ReturnType<typeof owned>

/**
 * The command line of a program that dies with this process, however that dies: prctl(2) PR_SET_PDEATHSIG
 * reaches it even after `kill -9`. The shell between the two closes the race in which this process died
 * before the death signal was asked for.
 */
export function dyingWithUs(file: string, args: readonly string[]): string[] {
  const guard = '[ "$PPID" = "$0" ] || exit 137; exec "$@"'
  return ['setpriv', '--pdeathsig', 'KILL', 'sh', '-c', guard, String(process.pid), file, ...args]
}

/**
 * Starts one long-lived program that dies with the harness.
 *
 * The promise resolves when the program ends and never rejects for an exit status. Standard output and
 * error are piped, and must be read for the promise to resolve.
 */
export function owned(file: string, args: readonly string[], options: OwnedOptions = {}) {
  const command = [
    ...(options.account === undefined ? [] : becoming(options.account)),
    // After the change of user, which clears the death signal (prctl(2)).
    ...dyingWithUs(file, args),
  ]
  const [first = '', ...rest] = command
  const descriptors = (options.descriptors ?? []) as Descriptor[]
  const stdio: Stdio = ['ignore', 'pipe', 'pipe', ...descriptors]
  return execa(first, rest, {
    // Its own process group: a Ctrl+C at the terminal reaches the harness alone, which ends it in order.
    detached: true,
    reject: false,
    buffer: false,
    stdio,
  })
}

function becoming({ uid, gid, groups }: Account): string[] {
  const supplementary = groups.length === 0 ? '--clear-groups' : `--groups=${groups.join(',')}`
  return ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, supplementary, '--no-new-privs']
}
