import type { JobRef } from '../../contract/events.js'
import { usageError } from '../../platform/errors.js'
import { columnRef, type Column } from '../../plan/column.js'
import { configName } from '../../project/config-place.js'
import type { Project } from '../../project/project.js'
import type { SuiteFile } from '../../plan/suite-files.js'

export const jobId = (column: Column, suite: string): string => `${column.id}/${suite}`

/**
 * Every suite on every column. A flavour may be for some suites only; whoever names a suite wants
 * it.
 *
 * @param named whether the user named the suites
 * @throws ModproveError `NO_JOBS` when no flavour is for any of the suites
 */
export function plannedJobs(
  columns: readonly Column[],
  suites: readonly SuiteFile[],
  named: boolean,
  project: Pick<Project, 'configFile'>,
): JobRef[] {
  const jobs = columns.flatMap(column =>
    suites
      .filter(({ name }) => named || name.startsWith(column.flavour.suites ?? ''))
      .map(({ name: suite }) => ({ id: jobId(column, suite), ...columnRef(column), suite })),
  )
  // Of a run whose jobs have all ended, none is left to resume.
  const [first] = columns
  if (jobs.length > 0 || first === undefined) return jobs
  const { name, suites: wanted = '' } = first.flavour
  throw usageError('NO_JOBS', `Flavour ${name} is for suites that are named ${wanted}…`, {
    detail: `These are others: ${suites.map(suite => suite.name).join(', ')}`,
    remedy: `Add "${wanted}" to "suites" in ${configName(project)}, or name suites: modprove run ${wanted} --flavour ${name}`,
  })
}
