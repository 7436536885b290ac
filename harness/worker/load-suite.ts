import { afterRunning, silenceMs } from '../platform/deadlines.js'
import { ModproveError, EXIT, usageError } from '../platform/errors.js'
import { takeDeclared, type SuiteDefinition } from '../suite-api/registry.js'
import { suiteModule } from './suite-module.js'

let imports = 0

/**
 * Imports one suite file and takes what it declared. Each import is fresh, so that a worker can run the
 * same file on several kernels.
 *
 * @throws whatever the file throws, what keeps it from being compiled, and ModproveError `NOT_A_SUITE` when it declares none, `IMPORT_HANGS` when what it awaits
 *   at its top does not come: the file may still be at work then
 */
export async function loadSuite(file: string): Promise<SuiteDefinition> {
  takeDeclared()
  const url = await suiteModule(file)
  url.searchParams.set('import', String(++imports))
  let forget = (): void => undefined
  const hangs = new Promise<never>((_, reject) => {
    const limitMs = silenceMs()
    forget = afterRunning(limitMs, () => reject(importHangs(limitMs)))
  })
  try {
    await Promise.race([import(url.href), hangs])
  } finally {
    forget()
  }
  const suite = takeDeclared()
  if (suite === undefined || suite.tests.length === 0) {
    throw usageError('NOT_A_SUITE', `${file} declares no tests.`, {
      remedy:
        "A suite file calls suite('title') of harness/suite-api/suite.js and declares tests with what it returns.",
    })
  }
  return suite
}

const importHangs = (limitMs: number) =>
  new ModproveError(
    'IMPORT_HANGS',
    EXIT.failed,
    `its import did not end within ${limitMs / 1000} s: what it awaits at its top does not come`,
  )
