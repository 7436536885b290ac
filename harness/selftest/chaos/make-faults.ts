import type { FaultResult } from '../../contract/chaos-result.js'
import { during } from '../../platform/terminal/progress.js'
import type { Fault } from './fault.js'
import { requireLabKernel } from './lab-kernel.js'
import type { LabOptions } from './lab.js'
import { makeFault } from './make-fault.js'

/**
 * Injects faults one after another, each in its own lab.
 * @throws the signal's reason when it aborts; earlier results have been reported
 */
export async function makeFaults(
  faults: readonly Fault[],
  { report, ...context }: LabOptions & { readonly report: (result: FaultResult) => void },
): Promise<FaultResult[]> {
  // Before the first fault, whose time it would be, and whose deadlines.
  await requireLabKernel(context.kernel, context)
  const results: FaultResult[] = []
  for (const fault of faults) {
    context.signal.throwIfAborted()
    const result = await during(context.progress, `${fault.row} ${fault.fault}`, undefined, () =>
      makeFault(fault, context),
    )
    report(result)
    results.push(result)
  }
  return results
}
