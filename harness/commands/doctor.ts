import { availableParallelism } from 'node:os'
import pc from '../platform/terminal/colours.js'
import { EXIT } from '../platform/errors.js'
import { freeMemory } from '../platform/host/free-memory.js'
import { packageRoot } from '../platform/files/package-root.js'
import type { Invocation, QemuOptions } from './invocation.js'
import { checkText, good, hostChecks, size, type Check } from './host-checks.js'
import { kvmFacts } from './kvm-facts.js'
import { machineChecks } from './machine-checks.js'

/** Room for two debug machines and a compiler. */
const MEMORY_BYTES = 2 * 2 ** 30

async function memory(): Promise<Check> {
  const { bytes, limit } = await freeMemory()
  const under = limit === undefined ? '' : ` (within the limit of ${limit.group})`
  const what = `${availableParallelism()} cores, ${size(bytes)} of memory free${under}`
  if (bytes >= MEMORY_BYTES) return good(what)
  return {
    state: 'slow',
    what: `${what}; ${size(MEMORY_BYTES)} are wanted`,
    remedy: 'use --jobs 1',
  }
}

export interface DoctorOptions extends QemuOptions {
  kvm?: boolean
}

export async function execute({
  options: { kvm = false },
  terminal,
  signal,
}: Invocation<DoctorOptions>): Promise<number> {
  const marks = { good: pc.green('✓'), slow: pc.yellow('!'), fail: pc.red('✗') }
  const tell = (checks: readonly Check[]): readonly Check[] => {
    for (const check of checks) terminal.write(checkText(check, marks))
    return checks
  }
  const checks = [
    ...tell([...(await hostChecks(packageRoot)), await memory()]),
    ...tell(kvm ? await kvmFacts() : []),
    ...tell(await machineChecks(signal, kvm)),
  ]
  return checks.some(({ state }) => state === 'fail') ? EXIT.harness : EXIT.passed
}
