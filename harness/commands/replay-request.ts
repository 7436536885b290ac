import { defined } from '../platform/pick.js'
import { escapeRegExp } from '../platform/text/text.js'
import { plainRun, type RunRequest } from '../plan/request.js'
import type { Replay } from '../record/replay.js'
import type { MachineOptions } from './invocation.js'

export interface ReplayOptions extends MachineOptions {
  last?: boolean
  whole?: boolean
  keep?: boolean
  retries?: number
  timeout?: number
}

/** The request of a replay: what decided the verdict then decides it now, unless given anew. */
export function replayRequest(replay: Replay, options: ReplayOptions): RunRequest {
  const { accel, whole, keep, retries = replay.retries, timeout } = options
  const timeoutMs = timeout === undefined ? replay.timeoutMs : timeout * 1000
  return {
    suites: [replay.suite],
    kernels: [isSource(replay.kernel) ? replay.kernel : replay.release],
    flavours: [replay.flavour],
    accelerator: accel,
    ...plainRun,
    keep: keep ?? false,
    cold: replay.cold,
    replayOf: replay.run,
    ...defined({ retries, timeoutMs }),
    ...(whole === true ? {} : { grep: `^${escapeRegExp(replay.test)}$` }),
  }
}

/** `path:…`, `kernel.org:…`: without this, a release is looked for in the archive. */
const isSource = (kernel: string): boolean => kernel.includes(':')
