import { dirname, join } from 'node:path'
import {
  loadCatalogue,
  loadFlavours,
  requireInitramfs,
  requireKernel,
  requireModule,
  requirePrograms,
  selectFlavour,
  selectKernels,
  selectOneKernel,
  timeStampKhz,
  type ChosenKernel,
  type Flavour,
  type KernelBuild,
  type KernelSource,
  type ModuleBuild,
  type Work,
} from '../builder/index.js'
import type { Accelerator } from '../contract/accelerator.js'
import { ModproveError, usageError } from '../platform/errors.js'
import { defined, pick } from '../platform/pick.js'
import type { JobRef } from '../contract/events.js'
import type { Project } from '../project/project.js'
import type { ModuleSource } from '../verdict/index.js'
import { loadKnownFindings } from '../verdict/allow-list.js'
import type { Job, MachineSetup } from '../session/job.js'
import { requireTemplate } from '../session/start/templates.js'
import { requireKernelTests } from './kernel-tests.js'
import { requireKnownModules } from './known-parameters.js'

/** A column of the matrix: one kernel in one flavour. */
export interface Column {
  /** Unique in a run, and a file name: `6.1.192-plain`. */
  readonly id: string
  /** As requested, and as history names it: `6.1`, a release, `path:/src/linux`. */
  readonly kernel: string
  readonly series: string
  /** From its source: `6.1.192`. */
  readonly release: string
  readonly source: KernelSource
  readonly flavour: Flavour
}

/**
 * Every selected kernel in every selected flavour, once each, oldest kernel first. A kernel's
 * flavours are adjacent: its source is unpacked once for all of them.
 *
 * @throws ModproveError `UNKNOWN_FLAVOUR`, and those of `selectKernels`
 */
export async function columnsOf(
  selection: { readonly kernels: readonly string[]; readonly flavours: readonly string[] },
  work: Work,
): Promise<Column[]> {
  const flavours = await resolveFlavours(selection.flavours)
  const kernels = await selectKernels(await loadCatalogue(), selection.kernels, work)
  return kernels.flatMap(kernel => flavours.map(flavour => columnOf(kernel, flavour)))
}

/**
 * One kernel in one flavour.
 * @throws ModproveError `UNKNOWN_KERNEL` for several kernels, and those of {@link columnsOf}
 */
export async function oneColumn(kernel: string, flavour: string, work: Work): Promise<Column> {
  const wanted = selectFlavour(await loadFlavours(), flavour)
  return columnOf(await selectOneKernel(await loadCatalogue(), kernel, work), wanted)
}

/** Flavours by name, once each; `all` selects every one. @throws ModproveError `UNKNOWN_FLAVOUR` */
export async function resolveFlavours(wanted: readonly string[]): Promise<Flavour[]> {
  const known = await loadFlavours()
  const names = wanted.flatMap(name =>
    name === 'all' ? known.map(flavour => flavour.name) : [name],
  )
  return [...new Set(names)].map(name => selectFlavour(known, name))
}

/**
 * The columns of a resumed run: with the releases that it began with, not newer ones.
 *
 * @throws ModproveError `RELEASE_MOVED` when the archive no longer has one; `UNKNOWN_FLAVOUR`, and
 * those of the sources
 */
export async function columnsOfJobs(
  jobs: readonly Pick<JobRef, 'kernel' | 'release' | 'flavour'>[],
  work: Work,
): Promise<Column[]> {
  const [flavours, catalogue] = [await loadFlavours(), await loadCatalogue()]
  const columns = new Map<string, Column>()
  for (const { kernel, release, flavour } of jobs) {
    const name = `${kernel} ${flavour}`
    if (columns.has(name)) continue
    // A tree or a tarball is named by the word itself.
    const word = kernel.includes(':') ? kernel : release
    const { source } = await selectOneKernel(catalogue, word, work).catch((cause: Error) => {
      if (!(cause instanceof ModproveError) || cause.code !== 'RELEASE_NOT_FOUND') throw cause
      throw usageError(
        'RELEASE_MOVED',
        `The run was begun with ${release}, which the archive no longer has`,
        { remedy: 'Begin a new run', cause },
      )
    })
    columns.set(name, columnOf({ kernel, source }, selectFlavour(flavours, flavour)))
  }
  return [...columns.values()]
}

export function columnOf({ kernel, source }: ChosenKernel, flavour: Flavour): Column {
  const { series, release } = source
  // A release has one source in the archive; a tree or a tarball has its own name.
  const id = `${kernel.includes(':') ? source.name : release}-${flavour.name}`
  return { id, kernel, series, release, source, flavour }
}

/** A column as events name it. */
export const columnRef = ({ kernel, series, release, flavour }: Column) => ({
  kernel,
  series,
  release,
  flavour: flavour.name,
})

/** How a column's machines are started. */
export interface MachineOptions {
  readonly accelerator: Accelerator
  /** Boot every machine instead of restoring it from a template. */
  readonly cold: boolean
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
 * the kernel's build (exit 3)
 */
export async function prepareColumn(
  project: Project,
  column: Column,
  { accelerator, cold }: MachineOptions,
  work: Work,
  targets: readonly string[] = [],
): Promise<PreparedColumn> {
  const { source, flavour } = column
  const knownFindings = await loadKnownFindings(join(project.suites, 'known-findings.json'))
  // In parallel with the kernel, whose verification waits for the disk.
  const compiling = requirePrograms({ project, ...work })
  compiling.catch(() => undefined)
  const kernel = await requireKernel({ source, flavour, kconfigFolder: project.kconfig, ...work })
  const built = await requireModule({ kernel, project, coverage: flavour.coverage, ...work })
  requireKnownModules(project.parameters, built)
  const { built: programs, broken: brokenPrograms } = await compiling
  for (const { message } of brokenPrograms)
    work.progress.say(`${message}: the tests that use it fail`)
  const initramfs = await requireInitramfs({ modules: built, programs, ...work })
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
  }
  const ssh = { privateKeyFile: initramfs.privateKey, hostKey: initramfs.hostKey }
  const knownFlavours = (await loadFlavours()).map(({ name }) => name)
  const recipe = {
    machine: { ...machine, initramfs: initramfs.base },
    bootKey: `${kernel.key} ${initramfs.baseId}`,
    title: `${kernel.release} ${flavour.name}`,
    ssh,
  }
  const template = cold
    ? {}
    : { template: { ...recipe, ...(await requireTemplate({ ...recipe, ...work })) } }
  const { payload } = initramfs
  const told = { warnings: built.warnings, parameters: project.parameters }
  const setup = { machine, ssh, modules, ...told, payload, brokenPrograms, ...template }
  const kernelTests = await requireKernelTests(source, kernel, targets, work)
  const known = { project, knownFindings, knownFlavours, kernelTests }
  return {
    kernel,
    setup,
    module: built,
    job: (ref, file, folder, options) => ({ ...setup, ...known, ref, file, folder, ...options }),
  }
}
