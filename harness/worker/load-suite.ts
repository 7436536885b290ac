import { join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { entryFile } from '../compile/entry.js'
import { userModule } from '../compile/user-module.js'
import { silenceMs } from '../platform/waiting/deadlines.js'
import { didYouMean } from '../platform/names/did-you-mean.js'
import { failureError, usageError } from '../platform/errors.js'
import type { Project } from '../project/project.js'
import { namedSuite } from '../project/suite-names.js'
import type { KernelTests } from '../session/job.js'
import { DeadlinePassed, race } from '../session/life/race.js'
import { takeDeclaredSuite, type SuiteDefinition } from '../suite-api/registry.js'
import { kselftestSuite } from './native/kernel-suites.js'
import { kunitSuite } from './native/kunit-suite.js'
import * as api from '../suite-api/suite.js'

/** Schemas take long to load: not before a worker has a suite. */
const programSuites = () => import('./native/program-suite.js')
const optionChecks = () => import('./check-options.js')

let imports = 0

/** What is known where a suite runs. */
interface SuiteSurroundings {
  /** Of the kernel, if it is built. */
  readonly kernelTests?: KernelTests
  /** Names of all flavours. */
  readonly knownFlavours?: readonly string[]
}

/**
 * What a suite declares, of whatever it is made.
 *
 * @param file a path, or the kernel's own tests as configured: `kselftest:sync`
 * @throws those of each kind of suite; ModproveError `SUITE_OPTIONS`
 */
export async function loadSuite(
  project: Project,
  file: string,
  { kernelTests, knownFlavours }: SuiteSurroundings = {},
): Promise<SuiteDefinition> {
  const checks = optionChecks()
  const suite = await declaredIn(project, file, kernelTests)
  const { checkOptions } = await checks
  checkOptions(suite, relative(process.cwd(), file), knownFlavours)
  return suite
}

async function declaredIn(
  project: Project,
  file: string,
  tests: KernelTests | undefined,
): Promise<SuiteDefinition> {
  const title = relative(project.root, file)
  const { kind, rest } = namedSuite(file) ?? { kind: 'typescript', rest: '' }
  switch (kind) {
    case 'c':
      return (await programSuites()).cSuite(file, title)
    case 'script':
      return (await programSuites()).scriptSuite(file, title)
    case 'kselftest':
      return kselftestSuite(rest, tests)
    case 'kunit':
      return kunitSuite(rest, tests)
    case 'typescript':
      return importSuite(project, file)
  }
}

/**
 * Imports one suite file and returns its declarations. Each import is fresh, so that a worker can
 * run the same file on several kernels.
 *
 * @throws whatever the file throws; compile errors; ModproveError `NOT_A_SUITE` when it declares no
 * tests, `NO_SUCH_EXPORT`, `IMPORT_HANGS` when a top-level await does not end: the file may still
 * run then
 */
async function importSuite({ state }: Project, file: string): Promise<SuiteDefinition> {
  takeDeclaredSuite()
  const name = relative(process.cwd(), file)
  const url = await userModule({ file, name, store: join(state, 'js') })
  url.searchParams.set('import', String(++imports))
  const limitMs = silenceMs()
  await race(import(url.href), { limitMs }).catch((error: unknown) => {
    if (!(error instanceof DeadlinePassed)) throw noSuchExport(error, name) ?? error
    const hangs = 'a top-level await of it hangs'
    const what = `its import did not end within ${limitMs / 1000} s: ${hangs}`
    throw failureError('IMPORT_HANGS', what)
  })
  const suite = takeDeclaredSuite()
  if (suite === undefined || suite.tests.length === 0) {
    throw usageError('NOT_A_SUITE', `${name} declares no tests.`, {
      remedy:
        "A suite file imports suite from 'modprove', calls suite('title'), and declares tests with its return value",
    })
  }
  return suite
}

/** V8 names the harness's own file, of which a user knows nothing. */
function noSuchExport(error: unknown, file: string): Error | undefined {
  if (!(error instanceof SyntaxError)) return undefined
  const [, from, word = ''] =
    // eslint-disable-next-line no-restricted-syntax -- V8 says it in words only, without a code.
    /^The requested module '(.*)' does not provide an export named '(.*)'$/.exec(error.message) ??
    []
  if (from !== pathToFileURL(entryFile('suite')).href) return undefined
  const names = Object.keys(api)
  const functions = names.filter(name => /[a-z]/.test(name)).join(', ')
  return failureError('NO_SUCH_EXPORT', `${file}: 'modprove' exports no "${word}"`, {
    remedy: `${didYouMean(word, names)}It exports ${functions}, and constants such as O_RDONLY; a type needs "import type"`,
    cause: error,
  })
}
