import type { ChildProcess } from 'node:child_process'
import { execa } from 'execa'
import { startCountdown, scaledHere } from '../waiting/deadlines.js'
import { harnessError } from '../errors.js'
import { defined } from '../pick.js'

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
  /** Folder it runs in; default: the harness's. */
  readonly cwd?: string
  /**
   * The program's descriptors 3, 4, …: `'pipe'` is one end of a socket pair whose other end is
   * `process.stdio[3]`, and so on; `'ipc'` is Node's channel for messages; a number is a descriptor
   * of the harness's to inherit.
   */
  readonly descriptors?: readonly ('pipe' | 'ipc' | number)[]
  /** Added to the harness's environment. */
  readonly env?: Readonly<Record<string, string>>
}

export interface OwnedEnd {
  /** Undefined when a signal ended it. */
  readonly exitCode: number | undefined
  readonly signal: NodeJS.Signals | undefined
}

export interface OwnedProcess {
  readonly child: ChildProcess
  /** Resolves when the program and its descendants ended and all output was read; never rejects. */
  readonly ended: Promise<OwnedEnd>
  /** Kills the program and all that it started: a wrapper's QEMU, too. */
  readonly kill: () => void
}

/** Longest a process that left the group may hold the output of a program that has ended. */
const HELD_OUTPUT_MS = 1_000

/**
 * The command line of a program that dies with this process, even by `kill -9`: prctl(2)
 * PR_SET_PDEATHSIG. The shell between them closes a race: this process may die before the death
 * signal is set.
 */
function dyingWithUs(file: string, args: readonly string[]): string[] {
  const guard = '[ "$PPID" = "$0" ] || exit 137; exec "$@"'
  return ['setpriv', '--pdeathsig', 'KILL', 'sh', '-c', guard, String(process.pid), file, ...args]
}

/**
 * Starts one program that dies with the harness. Standard output and error are piped;
 * its end is known when they were read.
 *
 * @throws ModproveError `PROCESS_NOT_STARTED`
 */
export function owned(
  file: string,
  args: readonly string[],
  { account, cwd, descriptors = [], env }: OwnedOptions = {},
): OwnedProcess {
  const command = [
    ...(account === undefined ? [] : becoming(account)),
    // After the change of user, which clears the death signal (prctl(2)).
    ...dyingWithUs(file, args),
  ]
  const [first = '', ...rest] = command
  const child = execa(first, rest, {
    // Its own process group: Ctrl+C reaches the harness alone, which ends the program in order.
    detached: true,
    // Its types leave out that a descriptor may be a number.
    stdio: ['ignore', 'pipe', 'pipe', ...(descriptors as readonly ('pipe' | 'ipc')[])],
    serialization: 'advanced',
    // Each caller keeps what it needs.
    buffer: false,
    // Its end is a value.
    reject: false,
    ...defined({ cwd, env }),
  })
  // Also after a kill that failed: its end will show that.
  child.on('error', () => undefined)
  if (child.pid === undefined) throw notStarted(file)
  const group = -child.pid
  child.once('exit', () => {
    killGroup(group)
    const letGo = (): void => child.stdio.forEach(stream => stream?.destroy())
    const forget = startCountdown(scaledHere(HELD_OUTPUT_MS), letGo)
    child.once('close', forget)
  })
  const ended = new Promise<OwnedEnd>(resolve => {
    child.once('close', (exitCode, signal) =>
      resolve({ exitCode: exitCode ?? undefined, signal: signal ?? undefined }),
    )
  })
  return { child, ended, kill: () => killGroup(group) }
}

/** @param group negative, as kill(2) has it; one that is gone needs nothing */
export function killGroup(group: number): void {
  try {
    process.kill(group, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

const notStarted = (file: string) =>
  harnessError('PROCESS_NOT_STARTED', `${file} could not be started`, {
    remedy: 'The host may be short of memory, processes or open files (ulimit -a)',
  })

function becoming({ uid, gid, groups }: Account): string[] {
  const supplementary = groups.length === 0 ? '--clear-groups' : `--groups=${groups.join(',')}`
  return ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, supplementary, '--no-new-privs']
}
