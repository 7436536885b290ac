import { defined } from '../../platform/pick.js'
import type { RunRequest } from '../../plan/request.js'

/** Options that say what is run; an interrupted run has them in its record. */
export interface SelectionOptions {
  kernel?: readonly string[]
  flavour?: readonly string[]
  grep?: string
  bail?: boolean
  cold?: boolean
  coverage?: boolean
  retries?: number
  timeout?: number
}

/** The request of a command's words and options. @param suites names, files or globs */
export const newRequest = (
  suites: readonly string[],
  { kernel, flavour, grep, bail, cold, coverage, retries, timeout }: SelectionOptions,
): Omit<RunRequest, 'accelerator'> => ({
  suites,
  kernels: kernel ?? ['6.1'],
  flavours: flavour ?? ['plain'],
  bail: bail ?? false,
  cold: cold ?? false,
  coverage: coverage ?? false,
  keep: false,
  retries: retries ?? 0,
  ...defined({ grep, timeoutMs: timeout === undefined ? undefined : timeout * 1000 }),
})
