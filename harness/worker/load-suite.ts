import { join, relative } from 'node:path'
import { silenceMs } from '../platform/deadlines.js'
import { failureError, usageError } from '../platform/errors.js'
import { takeDeclaredSuite, type SuiteDefinition } from '../suite-api/registry.js'
import { userModule } from '../compile/user-module.js'
import type { Project } from '../project/project.js'
import { DeadlinePassed, race } from '../session/race.js'

let imports = 0

/**
 * Imports one suite file and returns its declarations. Each import is fresh, so that a worker can
 * run the same file on several kernels.
 *
 * @throws whatever the file throws; compile errors; ModproveError `NOT_A_SUITE` when it declares no
 * tests, `IMPORT_HANGS` when a top-level await does not end: the file may still run then
 */
export async function loadSuite({ root, state }: Project, file: string): Promise<SuiteDefinition> {
  takeDeclaredSuite()
  const url = await userModule({ file, name: relative(root, file), store: join(state, 'js') })
  url.searchParams.set('import', String(++imports))
  const limitMs = silenceMs()
  await race(import(url.href), { limitMs }).catch((error: unknown) => {
    if (!(error instanceof DeadlinePassed)) throw error
    const hangs = 'a top-level await of it hangs'
    const what = `its import did not end within ${limitMs / 1000} s: ${hangs}`
    throw failureError('IMPORT_HANGS', what)
  })
  const suite = takeDeclaredSuite()
  if (suite === undefined || suite.tests.length === 0) {
    throw usageError('NOT_A_SUITE', `${file} declares no tests.`, {
      remedy:
        "A suite file imports suite from 'modprove', calls suite('title'), and declares tests with its return value",
    })
  }
  return suite
}
