import { $ as zx, ProcessOutput, type Shell } from 'zx'
import { packageRoot } from '../files/package-root.js'
import { defined } from '../pick.js'

export { ProcessOutput }

const guard = `${packageRoot}/harness/platform/process/guard.sh`

export interface ScriptOptions {
  /** Folder the commands run in. */
  readonly cwd?: string
  /** Added to the harness's environment; `undefined` removes a variable. */
  readonly env?: NodeJS.ProcessEnv
  /** Aborting it kills the running command's whole process group. */
  readonly signal?: AbortSignal
  /** Longest a command may take, in milliseconds. */
  readonly timeoutMs?: number
}

/**
 * A zx shell for commands a person would type (make, dpkg-deb, cpio), without echo. Each command
 * is a process group, killed when `signal` aborts, at its timeout, and when the harness dies.
 *
 * @throws ProcessOutput of zx, with both streams, when a command exits with another status than 0
 */
export function script(options: ScriptOptions = {}): Shell {
  const { cwd, env, signal, timeoutMs } = options
  return zx({
    shell: guard,
    prefix: 'set -euo pipefail;',
    verbose: false,
    quiet: true,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    // LC_ALL: messages are parsed, and shown beside English ones.
    env: { ...process.env, LC_ALL: 'C.UTF-8', MODPROVE_OWNER: String(process.pid), ...env },
    killSignal: 'SIGKILL',
    ...defined({ cwd, signal, timeout: timeoutMs }),
  })
}
