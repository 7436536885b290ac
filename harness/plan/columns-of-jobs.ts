import {
  loadCatalogue,
  loadFlavours,
  selectFlavour,
  selectOneKernel,
  type Work,
} from '../builder/index.js'
import type { JobRef } from '../contract/events.js'
import { ModproveError, usageError } from '../platform/errors.js'
import type { Project } from '../project/project.js'
import { columnOf, wordOf, type Column } from './column.js'
import { selecting } from './columns.js'

/**
 * The columns of a resumed run: with the releases that it began with, not newer ones.
 *
 * @throws ModproveError `RELEASE_MOVED` when the archive no longer has one; `UNKNOWN_FLAVOUR`, and
 * those of the sources
 */
export async function columnsOfJobs(
  project: Project,
  jobs: readonly Pick<JobRef, 'kernel' | 'release' | 'flavour'>[],
  work: Work,
): Promise<Column[]> {
  const [flavours, catalogue] = [await loadFlavours(project), await loadCatalogue()]
  const columns = new Map<string, Column>()
  for (const { kernel, release, flavour } of jobs) {
    const name = `${kernel} ${flavour}`
    if (columns.has(name)) continue
    const word = wordOf(kernel, release)
    const { source } = await selectOneKernel(catalogue, word, selecting(project, work)).catch(
      (cause: Error) => {
        if (!(cause instanceof ModproveError) || cause.code !== 'RELEASE_NOT_FOUND') throw cause
        throw usageError(
          'RELEASE_MOVED',
          `The run was begun with ${release}, which the archive no longer has`,
          { remedy: 'Begin a new run', cause },
        )
      },
    )
    columns.set(name, columnOf({ kernel, source }, selectFlavour(flavours, flavour)))
  }
  return [...columns.values()]
}
