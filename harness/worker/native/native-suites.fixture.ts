import type { PointResult, SuiteDefinition } from '../../suite-api/registry.js'
import type { TestGuest } from '../../suite-api/test-guest.js'
import { withTap } from '../with-tap.js'

/** Runs the one test of a suite on a guest; its results, and what is wrong with the run itself. */
export async function ranSuite({ tests }: SuiteDefinition, guest: Partial<TestGuest>) {
  const points: PointResult[] = []
  const { problems, skipped } = await withTap('run', async t => {
    await tests[0]?.body(t, guest as TestGuest, point => points.push(point))
    return []
  })
  return {
    results: points,
    points: points.map(({ name, status }) => `${status} ${name}`),
    problems: problems.map(({ message }) => message),
    skipped,
    details: problems,
  }
}
