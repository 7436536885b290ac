import type { LateReport } from '../contract/late.js'
import type { TestDefinition } from '../suite-api/registry.js'
import { isAllowed } from '../verdict/index.js'
import type { JobMachine } from './job-machine.js'
import type { JobSite } from './job-site.js'
import { runAlone } from './run-alone.js'
import { isAmong } from './try-result.js'

/** Each needs a machine of its own, and a wait after it. */
const MOST_SUSPECTS = 5

/** A test that causes late reports again when it runs alone. */
export interface Culprit {
  readonly name: string
  readonly proved: readonly LateReport[]
}

/**
 * Looks for who brought late reports about, for `runAfterOthers` and `endJob`: tests that passed on
 * their machine run again alone, the newest first, until one brings any of them about. What takes
 * longer than the wait after each is not found.
 *
 * @param passed in the order in which they ran; the last few are tried
 */
export async function culpritOf(
  reports: readonly LateReport[],
  passed: readonly TestDefinition[],
  { results }: Pick<JobSite, 'results'>,
  machine: JobMachine,
): Promise<Culprit | undefined> {
  // The suite fails anyway: no leak is missed.
  if (reports.every(isAllowed)) return undefined
  for (const suspect of passed.slice(-MOST_SUSPECTS).reverse()) {
    const { name } = suspect
    results.note(`"${name}" runs again alone: what came late may be of it`)
    await machine.discard()
    const { seen } = await runAlone(suspect, machine)
    const proved = reports.filter(report => isAmong(seen, report))
    if (proved.length > 0) return { name, proved }
  }
  return undefined
}
