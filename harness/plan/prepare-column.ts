import { dirname, join } from 'node:path'
import {
  loadFlavours,
  neededModules,
  requireInitramfs,
  requireKernel,
  requireModule,
  requirePackages,
  requirePrograms,
  timeStampKhz,
  type KernelBuild,
  type KernelModule,
  type ModuleBuild,
  type Work,
} from '../builder/index.js'
import type { Accelerator } from '../contract/accelerator.js'
import { columnTitle } from '../contract/column-title.js'
import type { JobRef } from '../contract/events.js'
import { defined, pick } from '../platform/pick.js'
import { expectedOn } from '../project/expected-on.js'
import { firmwareAdvice } from '../project/firmware-advice.js'
import { mebibytes } from '../project/kernel-fields.js'
import type { Project } from '../project/project.js'
import type { Job, MachineSetup } from '../session/job.js'
import { requireTemplate } from '../session/start/templates.js'
import type { ModuleSource } from '../verdict/index.js'
import { loadKnownFindings } from '../verdict/allow-list.js'
import type { Hardware } from '../vm/index.js'
import { columnRef, type Column } from './columns.js'
import { missingFirmware } from './missing-firmware.js'
import { kernelTestsOf, requireSelftests } from './kernel-tests.js'
import { requireKnownNames } from './known-names.js'

/** How a column's machines are started. */
export interface MachineOptions {
  readonly accelerator: Accelerator
  /** Boot every machine instead of restoring it from a template. */
  readonly cold: boolean
  /** Start none: its jobs have the verdict on the build, and skip the rest. */
  readonly onlyBuilt?: boolean
}

/** The part of a job that does not depend on its column. */
type JobOptions = Pick<
  Job,
  'bail' | 'retries' | 'timeoutMs' | 'pastMs' | 'grep' | 'keep' | 'counts' | 'following'
>

/** A column whose kernel, module and image are built. */
export interface PreparedColumn {
  readonly kernel: KernelBuild
  readonly setup: MachineSetup
  readonly module: ModuleBuild
  job(ref: JobRef, file: string, folder: string, options: JobOptions): Job
}

/**
 * Builds what a column's machines need, or takes it from the cache.
 *
 * @param targets of the kernel's own tests
 * @throws ModproveError `MODULE_DOES_NOT_COMPILE` (exit 1), `CONFIGURATION` (exit 2) and those of
 * the kernel's build (exit 3); why no machine boots it (exit 2)
 */
export async function prepareColumn(
  project: Project,
  column: Column,
  { accelerator, cold, onlyBuilt = false }: MachineOptions,
  work: Work,
  targets: readonly string[] = [],
): Promise<PreparedColumn> {
  const { source, flavour } = column
  const knownFindings = await loadKnownFindings(join(project.suites, 'known-findings.json'))
  // In parallel with the kernel, whose verification waits for the disk.
  const compiling = requirePrograms({ project, ...work })
  compiling.catch(() => undefined)
  // Before the kernel, whose build takes minutes: a package or a target may not exist.
  const packages = await requirePackages(project.guest.packages ?? [], work)
  const selftests = await requireSelftests(project, source, targets, work)
  const kernel = await requireKernel({ source, flavour, ...work })
  if (kernel.cannotBoot !== undefined && !onlyBuilt) throw kernel.cannotBoot
  const built = await requireModule({ kernel, project, coverage: flavour.coverage, ...work })
  const isAtBoot = ({ name }: KernelModule): boolean => kernel.atBoot.includes(name)
  const kernelModules = neededModules(built, kernel.modules).filter(module => !isAtBoot(module))
  const xfail = expectedOn(project.xfail, { series: column.series, flavour: flavour.name })
  await requireKnownNames(project, xfail, [...built.modules, ...kernelModules])
  const { firmware: named = [] } = project.guest
  const firmware = { named, missing: await missingFirmware(project, built.modules) }
  for (const [name, files] of Object.entries(firmware.missing))
    work.progress.say(firmwareAdvice(name, files, named))
  const { built: programs, broken: brokenPrograms } = await compiling
  for (const { message } of brokenPrograms)
    work.progress.say(`${message}: the tests that use it fail`)
  const initramfs = await requireInitramfs({
    project,
    ...defined({ packages }),
    modules: built,
    kernelModules,
    atBoot: inOrder(kernel),
    programs,
    ...work,
  })
  const modules = built.modules.map(({ name, debugKo }): ModuleSource => ({
    name,
    debugKo,
    sources: built.sources,
    root: project.module.root,
  }))
  const tscKhz = accelerator === 'tcg' ? await timeStampKhz(work) : undefined
  const machine = {
    image: kernel.image,
    bootTime: join(dirname(kernel.image), 'boot-time.json'),
    initramfs: initramfs.combined,
    accelerator,
    ...pick(flavour, 'memoryMiB', 'cpus'),
    ...defined({ tscKhz }),
    append: flavour.append,
    hardware: hardwareOf(project, flavour),
  }
  const ssh = { privateKeyFile: initramfs.privateKey, hostKey: initramfs.hostKey }
  const knownFlavours = (await loadFlavours(project)).map(({ name }) => name)
  const recipe = {
    machine: { ...machine, initramfs: initramfs.base },
    bootKey: `${kernel.key} ${initramfs.baseId}`,
    title: columnTitle(columnRef(column)),
    ssh,
  }
  const template =
    cold || onlyBuilt
      ? {}
      : { template: { ...recipe, ...(await requireTemplate({ ...recipe, ...work })) } }
  const { payload } = initramfs
  const { atBoot } = kernel
  const own = { project, kernelModules, atBoot }
  const told = { warnings: built.warnings, firmware, ...own }
  const setup = { machine, ssh, modules, ...told, payload, brokenPrograms, ...template }
  const kernelTests = await kernelTestsOf(kernel, selftests)
  const known = { project, knownFindings, knownFlavours, kernelTests, kernelConfig: kernel.config }
  const how = { ...known, onlyBuilt }
  return {
    kernel,
    setup,
    module: built,
    job: (ref, file, folder, options) => ({ ...setup, ...how, ref, file, folder, ...options }),
  }
}

/** The modules that init loads. */
const inOrder = ({ atBoot, modules }: KernelBuild): KernelModule[] =>
  atBoot.flatMap(name => modules.find(module => module.name === name) ?? [])

function hardwareOf({ machine }: Project, { board }: Column['flavour']): Hardware {
  const { acpi = false, pci = false, disks = [] } = machine
  return { board, acpi, pci, disksMiB: disks.map(mebibytes) }
}
