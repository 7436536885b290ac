import { ModproveError } from '../../platform/errors.js'
import type { Project } from '../../project/project.js'
import { allSuites, selectSuites, type SuiteFile } from '../../plan/suite-files.js'

/**
 * The selected suites; undefined while the file of one is missing, as when an editor or git
 * replaces it.
 *
 * @param selection that was once found
 * @param say told which is missing
 */
export async function presentSuites(
  selection: readonly string[],
  project: Pick<Project, 'suites' | 'kernelSuites'>,
  say: (line: string) => void,
): Promise<SuiteFile[] | undefined> {
  try {
    return await selectSuites(selection, allSuites(project))
  } catch (error) {
    if (!(error instanceof ModproveError && error.code === 'UNKNOWN_SUITE')) throw error
    say(`${error.message} Waiting for its file.`)
    return undefined
  }
}
