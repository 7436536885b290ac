import type { Accelerator } from '../contract/accelerator.js'
import { ModproveError } from '../platform/errors.js'
import { chooseAccelerator, qemuVersion, tryMachine } from '../vm/index.js'
import { bootBuiltKernel } from './built-machine.js'
import { good, type Check } from './host-checks.js'

/**
 * Checks QEMU's version, KVM, and machines on each available accelerator.
 * @param ofKvm whether KVM is what is asked about: then its absence is a failure
 */
export async function machineChecks(signal: AbortSignal, ofKvm = false): Promise<Check[]> {
  const version = await answer(async () => `QEMU: ${await qemuVersion()}`)
  if (version.state === 'fail') return [version]
  const kvm = await answer(async () => {
    await chooseAccelerator('kvm', { signal })
    return 'KVM runs guests'
  })
  const isOptional = kvm.state === 'fail' && !ofKvm
  const checks = [version, isOptional ? { ...kvm, state: 'slow' as const } : kvm]
  const without = 'no Linux was booted: none is built yet'
  const accelerators: Accelerator[] = kvm.state === 'good' ? ['kvm', 'tcg'] : ['tcg']
  for (const accelerator of accelerators) {
    checks.push(await answer(() => tryMachine(accelerator, signal)))
    checks.push(await answer(async () => (await bootBuiltKernel(accelerator, signal)) ?? without))
  }
  return checks

  async function answer(ask: () => Promise<string>): Promise<Check> {
    try {
      return good(await ask())
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof ModproveError) || error.outcome !== 'harness') throw error
      const { message, detail = '', remedy } = error
      const what = [message, ...detail.split('\n')].filter(line => line !== '').join('\n    ')
      return { state: 'fail', what, ...(remedy === undefined ? {} : { remedy }) }
    }
  }
}
