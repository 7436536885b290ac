import { BUILDS } from '../contract/test-names.js'
import type { Job } from '../session/job.js'
import type { TestDefinition } from '../suite-api/registry.js'
import type { TestGuest } from '../suite-api/test-guest.js'
import { verdictOfProblems } from '../verdict/index.js'
import { notRun, type TryResult } from './try-result.js'
import { withTap } from './with-tap.js'

/** The result of a test where no machine is started: that of the basics on the build, or a skip. */
export async function ofBuild(
  { name, body }: TestDefinition,
  { warnings }: Pick<Job, 'warnings'>,
): Promise<TryResult> {
  if (name !== BUILDS) return notRun('skip', 'needs a machine, and --build-only starts none')
  const since = performance.now()
  const guest = { modules: { warnings } } as unknown as TestGuest
  const { problems, tap } = await withTap(name, async t => {
    await body(t, guest, () => undefined)
    return []
  })
  const durationMs = Math.round(performance.now() - since)
  return { ...verdictOfProblems(problems), findings: [], tap, durationMs }
}
