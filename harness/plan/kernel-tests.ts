import { readFile } from 'node:fs/promises'
import {
  requireKselftest,
  type KernelBuild,
  type KernelSource,
  type Work,
} from '../builder/index.js'
import { namedSuite } from '../project/suite-names.js'
import type { KernelTests } from '../session/job.js'

/** Targets of the kernel's own tests among suites. @param files as suites are named */
export const kselftestTargets = (files: readonly string[]): string[] =>
  files.flatMap(file => {
    const named = namedSuite(file)
    return named?.kind === 'kselftest' ? [named.rest] : []
  })

/** Builds what is wanted of a kernel's own tests. */
export async function requireKernelTests(
  source: KernelSource,
  { config }: Pick<KernelBuild, 'config'>,
  targets: readonly string[],
  work: Work,
): Promise<KernelTests> {
  const selftests: Record<string, KernelTests['selftests'][string]> = {}
  for (const target of targets) selftests[target] = await requireKselftest(source, target, work)
  const hasKunit = /^CONFIG_KUNIT_DEBUGFS=y$/m.test(await readFile(config, 'utf8'))
  return { selftests, hasKunit }
}
