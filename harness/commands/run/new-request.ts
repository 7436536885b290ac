import { defined } from '../../platform/pick.js'
import type { PlanRequest } from '../../plan/request.js'
import { wantedColumns, type ColumnsOptions } from '../../plan/wanted-columns.js'
import type { Project } from '../../project/project.js'

/** Options that say what is run; an interrupted run has them in its record. */
export interface SelectionOptions extends ColumnsOptions {
  grep?: string
  bail?: boolean
  buildOnly?: boolean
  cold?: boolean
  coverage?: boolean
  retries?: number
  timeout?: number
}

/**
 * The request of a command's words and options; the configuration says the rest.
 * @param suites names, files or globs
 */
export const newRequest = (
  suites: readonly string[],
  { grep, bail, buildOnly, cold, coverage, retries, timeout, ...columns }: SelectionOptions,
  project: Pick<Project, 'run'>,
): PlanRequest => ({
  suites,
  ...wantedColumns(project, columns),
  bail: bail ?? false,
  cold: cold ?? false,
  coverage: coverage ?? false,
  keep: false,
  retries: retries ?? project.run.retries ?? 0,
  ...defined({ grep, buildOnly, timeoutMs: timeout === undefined ? undefined : timeout * 1000 }),
})
