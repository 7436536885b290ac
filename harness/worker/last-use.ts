import { setTimeout as pause } from 'node:timers/promises'
import { scaledHere } from '../platform/waiting/deadlines.js'
import { LATE_MS } from '../session/listen.js'
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
 * Whether the modules that are loaded after a test are not those of the next: they are unloaded
 * then, so that what comes of it is this test's. The next one of the file counts as well as that
 * of the run: the test has the same end when it runs alone.
 */
export function isLastUse(
  test: TestDefinition,
  { suite, tests, job }: Pick<JobSite, 'suite' | 'tests' | 'job'>,
  { modules }: Pick<Session, 'modules'>,
  loaded: readonly string[],
): boolean {
  if (loaded.length === 0) return false
  return [suite.tests, tests].some(list => {
    const at = list.indexOf(test)
    const applies = ({ options }: TestDefinition) => unmetNeed(options.needs, job.ref) === undefined
    const next = at < 0 ? undefined : list.slice(at + 1).find(applies)
    return next !== undefined && !modules.match(loaded, modulesOf(next, suite))
  })
}

/**
 * Unloads a test's modules. @returns what they left behind, and did not free in the seconds after
 * @throws SyscallError when one does not unload
 */
export async function unloaded(session: Session): Promise<readonly Finding[]> {
  await session.modules.replace([])
  const left = await session.outliving()
  // A list that crashed its reader may still be locked.
  if (left.length === 0 || session.kernel.hasOopsed) return left
  await pause(scaledHere(LATE_MS))
  return session.outliving()
}
