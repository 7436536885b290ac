import { readFile } from 'node:fs/promises'
import {
  requireKselftest,
  type BrokenKselftest,
  type KernelBuild,
  type KernelSource,
  type Work,
} from '../builder/index.js'
import { optionsIn } from '../platform/text/kernel-config.js'
import { configName, configPlace } from '../project/config-place.js'
import type { Project } from '../project/project.js'
import { namedSuite } from '../project/suite-names.js'
import type { KernelTests } from '../session/job.js'

/** Targets of the kernel's own tests among suites. @param files as suites are named */
export const kselftestTargets = (files: readonly string[]): string[] =>
  files.flatMap(file => {
    const named = namedSuite(file)
    return named?.kind === 'kselftest' ? [named.rest] : []
  })

/**
 * Builds targets of a kernel's own tests. That one cannot be built is said at once; its suite alone
 * fails, and says why, as an older kernel may lack a target.
 */
export async function requireSelftests(
  project: Pick<Project, 'configFile' | 'kernelSuites'>,
  source: KernelSource,
  targets: readonly string[],
  work: Work,
): Promise<KernelTests['selftests']> {
  const selftests: Record<string, KernelTests['selftests'][string]> = {}
  for (const target of targets) {
    const built = await requireKselftest(source, target, work)
    selftests[target] = 'code' in built ? await placed(project, target, built) : built
    if ('code' in selftests[target]) work.progress.say(selftests[target].message)
  }
  return selftests
}

async function placed(
  project: Pick<Project, 'configFile' | 'kernelSuites'>,
  target: string,
  broken: BrokenKselftest,
): Promise<BrokenKselftest> {
  const suite = `kselftest:${target}`
  if (!project.kernelSuites.includes(suite)) return broken
  return { ...broken, message: `${await configPlace(project, 'suites', suite)}: ${broken.message}` }
}

/** Adds what the kernel itself has, and what targets ask of it that it lacks. */
export async function kernelTestsOf(
  project: Pick<Project, 'configFile'>,
  { config }: Pick<KernelBuild, 'config'>,
  built: KernelTests['selftests'],
): Promise<KernelTests> {
  const set = optionsIn(await readFile(config, 'utf8'))
  const selftests = Object.entries(built).map(([target, test]) => {
    const options = 'code' in test ? [] : test.options
    const lacking = options.filter(line => !set.has(line.replace(/=.$/, '')))
    if (lacking.length === 0) return [target, test] as const
    const lines = lacking.map(line => JSON.stringify(line)).join(', ')
    const advice = `Its config asks for what this kernel lacks: add to "kconfig" in ${configName(project)}: ${lines}`
    return [target, { ...test, advice }] as const
  })
  return {
    selftests: Object.fromEntries(selftests),
    hasKunit: set.has('CONFIG_KUNIT_DEBUGFS'),
  }
}
