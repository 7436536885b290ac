import { join } from 'node:path'
import type { FaultResult } from '../../contract/chaos-result.js'
import { makeFaults, type ChaosContext } from '../../selftest/chaos/make-faults.js'
import type { Fault } from '../../selftest/chaos/fault.js'
import { noCounts, type Counts } from '../../contract/events.js'
import { writeAtomically, writeJson } from '../../platform/files/write-atomically.js'
import { chaosRow, chaosTable } from '../../report/activities/chaos.js'
import type { Terminal } from '../../platform/terminal/terminal.js'

/** Injects faults, reports each on standard output, and saves `chaos.json` and `chaos.md`. */
export async function makeAndKeep(
  faults: readonly Fault[],
  folder: string,
  {
    terminal,
    ...context
  }: Pick<ChaosContext, 'kernel' | 'seed' | 'signal'> & { terminal: Terminal },
): Promise<FaultResult[]> {
  const results = await makeFaults(faults, {
    ...context,
    progress: terminal,
    report: result => terminal.write(chaosRow(result)),
  })
  await writeJson(join(folder, 'chaos.json'), results)
  await writeAtomically(join(folder, 'chaos.md'), chaosTable(results))
  return results
}

/** A fault handled as expected has passed. */
export function countFaults(results: readonly FaultResult[]): Counts {
  const fail = results.filter(({ ok }) => !ok).length
  const skip = results.filter(({ skipped }) => skipped !== undefined).length
  return { ...noCounts, pass: results.length - fail - skip, fail, skip }
}
