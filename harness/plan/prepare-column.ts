import { dirname, join } from 'node:path'
import { timeStampKhz, type Work } from '../builder/index.js'
import type { Accelerator } from '../contract/accelerator.js'
import { columnTitle } from '../contract/column-title.js'
import type { JobRef } from '../contract/events.js'
import { defined, pick } from '../platform/pick.js'
import { mebibytes } from '../project/kernel-fields.js'
import type { Project } from '../project/project.js'
import type { Job, MachineSetup } from '../session/job.js'
import { requireTemplate } from '../session/start/templates.js'
import type { ModuleSource } from '../verdict/index.js'
import type { Hardware } from '../vm/index.js'
import { buildColumn, type BuiltColumn } from './build-column.js'
import { columnRef, type Column } from './column.js'

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
  | 'bail'
  | 'retries'
  | 'timeoutMs'
  | 'pastMs'
  | 'grep'
  | 'keep'
  | 'counts'
  | 'following'
  | 'leftIsTold'
>

/** A column whose kernel, module and image are built. */
export interface PreparedColumn extends Pick<BuiltColumn, 'kernel' | 'module'> {
  readonly setup: MachineSetup
  job(ref: JobRef, file: string, folder: string, options: JobOptions): Job
}

/**
 * Builds what a column's machines need, or takes it from the cache.
 *
 * @param targets of the kernel's own tests
 * @throws ModproveError those of {@link buildColumn}, and of the template
 */
export async function prepareColumn(
  project: Project,
  column: Column,
  machine: MachineOptions,
  work: Work,
  targets: readonly string[] = [],
): Promise<PreparedColumn> {
  const built = await buildColumn(project, column, machine.onlyBuilt === true, work, targets)
  return prepareBuilt(project, column, built, machine, work)
}

/** Makes what this host adds to a column that is built: its clock, and its template. */
export async function prepareBuilt(
  project: Project,
  column: Column,
  built: BuiltColumn,
  { accelerator, cold, onlyBuilt = false }: MachineOptions,
  work: Work,
): Promise<PreparedColumn> {
  const { kernel, module, initramfs, kernelModules, firmware, brokenPrograms } = built
  const modules = module.modules.map(({ name, debugKo }): ModuleSource => ({
    name,
    debugKo,
    sources: module.sources,
    root: project.module.root,
  }))
  const tscKhz = accelerator === 'tcg' ? await timeStampKhz(built.hostClock, work) : undefined
  const { flavour } = column
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
  const told = { warnings: module.warnings, firmware, project, kernelModules }
  const of = { ...told, atBoot: kernel.atBoot, payload, brokenPrograms, ...template }
  const setup = { machine, ssh, modules, ...of }
  const known = pick(built, 'knownFindings', 'knownFlavours', 'kernelTests')
  const how = { ...known, project, kernelConfig: kernel.config, onlyBuilt }
  return {
    kernel,
    module,
    setup,
    job: (ref, file, folder, options) => ({ ...setup, ...how, ref, file, folder, ...options }),
  }
}

function hardwareOf({ machine }: Project, { board }: Column['flavour']): Hardware {
  const { acpi = false, pci = false, disks = [] } = machine
  return { board, acpi, pci, disksMiB: disks.map(mebibytes) }
}
