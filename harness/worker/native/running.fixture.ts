import { PassThrough } from 'node:stream'
import type { Exit, RunningCommand } from '../../guest/index.js'

/** A command that prints this and exits. */
export function running(stdout: string, exit: Partial<Exit> = {}, stderr = ''): RunningCommand {
  const [out, err] = [new PassThrough(), new PassThrough()]
  out.end(stdout)
  err.end(stderr)
  return {
    stdin: new PassThrough(),
    stdout: out,
    stderr: err,
    exited: new Promise(resolve =>
      out.once('end', () => resolve({ code: 0, signal: null, ...exit })),
    ),
    kill: () => Promise.resolve(),
  }
}
