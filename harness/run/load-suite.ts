import { pathToFileURL } from 'node:url'
import { usageError } from '../errors.js'
import { takeDeclared, type SuiteDefinition } from './registry.js'

let imports = 0

/**
 * Imports one suite file and takes what it declared. Each import is fresh, so that a worker can run the
 * same file on several kernels.
 *
 * @throws whatever the file throws, and ModproveError `NOT_A_SUITE` when it declares none
 */
export async function loadSuite(file: string): Promise<SuiteDefinition> {
  takeDeclared()
  const url = pathToFileURL(file)
  url.searchParams.set('import', String(++imports))
  await import(url.href)
  const suite = takeDeclared()
  if (suite === undefined || suite.tests.length === 0) {
    throw usageError('NOT_A_SUITE', `${file} declares no tests.`, {
      remedy:
        "A suite file calls suite('title') of harness/suite.js and declares tests with what it returns.",
    })
  }
  return suite
}
