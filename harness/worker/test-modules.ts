import { stillOutliving } from '../session/still-outliving.js'
import type { Session } from '../session/session.js'
import type { ModuleSpec } from '../suite-api/module-spec.js'
import type { SuiteDefinition, TestDefinition } from '../suite-api/registry.js'
import type { Finding } from '../verdict/index.js'
import type { JobSite } from './job-site.js'
import { unmetNeed } from './needs.js'

/** The modules that a test runs with, in the order of their load. */
export const modulesOf = (
  { options }: Pick<TestDefinition, 'options'>,
  suite: Pick<SuiteDefinition, 'options'>,
): readonly ModuleSpec[] => options.modules ?? suite.options.modules ?? []

/**
 * Whether the test that comes next needs other modules than those that are loaded. The next of the
 * file counts as well as that of the run, so that a test ends alike when it runs alone.
 */
export function isLastUse(
  test: TestDefinition,
  { modules }: Pick<Session, 'modules'>,
  { suite, tests, kernel }: Pick<JobSite, 'suite' | 'tests' | 'kernel'>,
  loaded: readonly string[],
): boolean {
  if (loaded.length === 0) return false
  return [suite.tests, tests].some(list => {
    const at = list.indexOf(test)
    const applies = ({ options }: TestDefinition) => unmetNeed(options.needs, kernel) === undefined
    const next = at < 0 ? undefined : list.slice(at + 1).find(applies)
    return next !== undefined && !modules.match(loaded, modulesOf(next, suite))
  })
}

/**
 * Unloads a test's modules.
 * @returns what outlives them, and goes on to do so for some seconds
 * @throws SyscallError when one does not unload
 */
export async function unloadModules(session: Session): Promise<readonly Finding[]> {
  await session.modules.replace([])
  return stillOutliving(session)
}
