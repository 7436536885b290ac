import { execa } from 'execa'
import { onAbort } from '../../platform/waiting/on-abort.js'
import { killGroup, type OwnedEnd } from '../../platform/process/owned.js'

const KEPT_OUTPUT_CHARACTERS = 4 * 1024 * 1024

export interface ShellJobOptions {
  readonly cwd: string
  /** Added to the environment; `undefined` removes a variable. */
  readonly env: NodeJS.ProcessEnv
  /** Aborting it kills the job's process group. */
  readonly signal: AbortSignal
}

/** A command that was started as a shell starts a job. */
export interface ShellJob {
  readonly pid: number
  readonly ended: Promise<OwnedEnd>
  /** The end of what it printed so far, on both streams. */
  readonly output: () => string
  /** Kills its process group. */
  readonly kill: () => void
}

/**
 * Starts a command in its own process group, so that signals to it do not reach this process.
 * Unlike `owned()`, it ends nothing that the command leaves behind: a fault looks for that.
 */
export function startShellJob(
  [file = '', ...args]: readonly string[],
  { cwd, env, signal }: ShellJobOptions,
): ShellJob {
  const child = execa(file, args, {
    cwd,
    env,
    detached: true,
    stdin: 'ignore',
    buffer: false,
    reject: false,
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-KEPT_OUTPUT_CHARACTERS)
    })
  }
  child.on('error', error => (output += error.message))
  const { pid = 0 } = child
  const kill = (): void => {
    // 0 would be this process's own group.
    if (pid !== 0) killGroup(-pid)
  }
  const abort = onAbort(signal, kill)
  const ended = new Promise<OwnedEnd>(resolve => {
    child.once('close', (exitCode, by) => {
      abort[Symbol.dispose]()
      resolve({ exitCode: exitCode ?? undefined, signal: by ?? undefined })
    })
  })
  return { pid, ended, output: () => output, kill }
}
