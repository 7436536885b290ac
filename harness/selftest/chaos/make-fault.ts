import type { Check, FaultResult } from '../../contract/chaos-result.js'
import { ModproveError } from '../../platform/errors.js'
import { defined, pick } from '../../platform/pick.js'
import type { Fault } from './fault.js'
import { Lab, type LabOptions } from './lab.js'

/** Injects a fault in a lab of its own. @throws the signal's reason when it aborts */
export async function makeFault(fault: Fault, context: LabOptions): Promise<FaultResult> {
  const since = performance.now()
  await using lab = await Lab.open(context)
  const broken: Check[] = []
  let skipped: string | undefined
  try {
    await fault.make(lab)
  } catch (error) {
    context.signal.throwIfAborted()
    skipped = whyNotMine(error)
    broken.push({ what: 'the fault could be made', ok: false, seen: wordsOf(error) })
  }
  broken.push(...lab.checks.filter(({ ok }) => !ok))
  // Without a check, a fault could never fail.
  if (lab.checks.length === 0) broken.push({ what: 'something was checked', ok: false, seen: '' })
  return {
    ...pick(fault, 'row', 'name', 'fault', 'expected'),
    ok: broken.length === 0 || skipped !== undefined,
    ...defined({ skipped }),
    happened: lab.happened,
    broken: skipped === undefined ? broken : [],
    checks: lab.checks.length,
    durationMs: performance.now() - since,
  }
}

/** Requires root: another user's failure is no fault of the harness. */
const OF_ROOT = ['NO_CGROUP', 'NO_DEVICE']
/** Not possible on this host. */
const OF_HOST = ['NO_QEMU_FOR_HOST', 'NO_NAMESPACE', 'NOT_INSTALLED']
const whyNotMine = (error: unknown): string | undefined =>
  error instanceof ModproveError &&
  (OF_HOST.includes(error.code) || (process.getuid?.() !== 0 && OF_ROOT.includes(error.code)))
    ? [error.message, error.remedy].join('; ')
    : undefined

const wordsOf = (error: unknown): string =>
  error instanceof ModproveError
    ? [error.message, error.detail].filter(text => text !== undefined).join('\n')
    : String(error)
