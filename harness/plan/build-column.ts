import { join } from 'node:path'
import {
  loadFlavours,
  neededModules,
  requireHostClock,
  requireInitramfs,
  requireKernel,
  requireModule,
  requirePackages,
  requirePrograms,
  type BrokenProgram,
  type Initramfs,
  type KernelBuild,
  type KernelModule,
  type ModuleBuild,
  type ShippedModule,
  type Work,
} from '../builder/index.js'
import { defined, pick } from '../platform/pick.js'
import { expectedOn } from '../project/expected-on.js'
import { firmwareAdvice } from '../project/firmware-advice.js'
import type { Project } from '../project/project.js'
import type { KernelTests, MachineSetup } from '../session/job.js'
import { loadKnownFindings } from '../verdict/allow-list.js'
import type { KnownFinding } from '../verdict/index.js'
import type { Column } from './column.js'
import { kernelTestsOf, requireSelftests } from './kernel-tests.js'
import { requireKnownNames } from './known-names.js'
import { missingFirmware } from './missing-firmware.js'

/** All that a column's machines are made of: plain data, and files. */
export interface BuiltColumn {
  readonly kernel: Pick<KernelBuild, 'source' | 'key' | 'compiler' | 'image' | 'config' | 'atBoot'>
  readonly module: ModuleBuild
  readonly kernelModules: readonly ShippedModule[]
  readonly firmware: MachineSetup['firmware']
  readonly brokenPrograms: readonly BrokenProgram[]
  readonly initramfs: Initramfs
  readonly kernelTests: KernelTests
  readonly knownFindings: readonly KnownFinding[]
  readonly knownFlavours: readonly string[]
  /** The program that measures the clock that emulated guests see; absent without a TSC. */
  readonly hostClock?: string
}

/**
 * Builds what a column's machines are made of, or takes it from the cache.
 *
 * @param onlyBuilt whether no machine is started
 * @param targets of the kernel's own tests
 * @throws ModproveError `MODULE_DOES_NOT_COMPILE` (exit 1), `CONFIGURATION` (exit 2) and those of
 * the kernel's build (exit 3); why no machine boots it (exit 2)
 */
export async function buildColumn(
  project: Project,
  { source, flavour, series }: Column,
  onlyBuilt: boolean,
  work: Work,
  targets: readonly string[],
): Promise<BuiltColumn> {
  const knownFindings = await loadKnownFindings(join(project.suites, 'known-findings.json'))
  // In parallel with the kernel, whose verification waits for the disk.
  const compiling = requirePrograms({ project, ...work })
  compiling.catch(() => undefined)
  // Before the kernel, whose build takes minutes: a package or a target may not exist.
  const packages = await requirePackages(project.guest.packages ?? [], work)
  const selftests = await requireSelftests(project, source, targets, work)
  const notBuiltIn = project.module.folders.flatMap(({ inTree }) => inTree ?? [])
  const kernel = await requireKernel({ source, flavour, notBuiltIn, ...work })
  if (kernel.cannotBoot !== undefined && !onlyBuilt) throw kernel.cannotBoot
  const module = await requireModule({ kernel, project, coverage: flavour.coverage, ...work })
  const isAtBoot = ({ name }: KernelModule): boolean => kernel.atBoot.includes(name)
  const kernelModules = neededModules(module, kernel.modules).filter(each => !isAtBoot(each))
  const xfail = expectedOn(project.xfail, { series, flavour: flavour.name })
  await requireKnownNames(project, xfail, [...module.modules, ...kernelModules])
  const { firmware: named = [] } = project.guest
  const firmware = { named, missing: await missingFirmware(project, module.modules) }
  for (const [name, files] of Object.entries(firmware.missing))
    work.progress.say(firmwareAdvice(name, files, named, project))
  const { built: programs, broken: brokenPrograms } = await compiling
  for (const { message } of brokenPrograms)
    work.progress.say(`${message}: the tests that use it fail`)
  const initramfs = await requireInitramfs({
    project,
    ...defined({ packages }),
    modules: module,
    kernelModules,
    atBoot: inOrder(kernel),
    programs,
    ...work,
  })
  return {
    kernel: pick(kernel, 'source', 'key', 'compiler', 'image', 'config', 'atBoot'),
    ...{ module, kernelModules, firmware, brokenPrograms, initramfs },
    kernelTests: await kernelTestsOf(project, kernel, selftests),
    knownFindings,
    knownFlavours: (await loadFlavours(project)).map(({ name }) => name),
    ...defined({ hostClock: await requireHostClock(work) }),
  }
}

/** The modules that init loads. */
const inOrder = ({ atBoot, modules }: KernelBuild): KernelModule[] =>
  atBoot.flatMap(name => modules.find(module => module.name === name) ?? [])
