import { byCompilers } from '../../builder/index.js'
import { defined } from '../../platform/pick.js'
import type { PlanRequest } from '../../plan/request.js'

/** Options that say what is run; an interrupted run has them in its record. */
export interface SelectionOptions {
  kernel?: readonly string[]
  compiler?: readonly string[]
  flavour?: readonly string[]
  grep?: string
  bail?: boolean
  buildOnly?: boolean
  cold?: boolean
  coverage?: boolean
  retries?: number
  timeout?: number
}

/** The request of a command's words and options. @param suites names, files or globs */
export const newRequest = (
  suites: readonly string[],
  {
    kernel,
    compiler,
    flavour,
    grep,
    bail,
    buildOnly,
    cold,
    coverage,
    retries,
    timeout,
  }: SelectionOptions,
): PlanRequest => ({
  suites,
  kernels: byCompilers(kernel ?? ['6.1'], compiler),
  flavours: flavour ?? ['plain'],
  bail: bail ?? false,
  cold: cold ?? false,
  coverage: coverage ?? false,
  keep: false,
  retries: retries ?? 0,
  ...defined({ grep, buildOnly, timeoutMs: timeout === undefined ? undefined : timeout * 1000 }),
})
