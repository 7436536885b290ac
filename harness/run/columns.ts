import { join } from 'node:path'
import {
  loadCatalogue,
  loadFlavours,
  requireInitramfs,
  requireKernel,
  requireModule,
  requirePrograms,
  resolveSource,
  selectFlavour,
  selectKernel,
  type Flavour,
  type KernelBuild,
  type ModuleBuild,
  type Series,
} from '../build/index.js'
import type { Accelerator } from '../deadlines.js'
import type { JobRef } from '../events.js'
import { checkoutRoot } from '../paths.js'
import type { Progress } from '../progress.js'
import { project } from '../project.js'
import type { ModuleSource } from '../verdict/index.js'
import type { Job, Place } from './job.js'
import { requireTemplate } from './templates.js'

/** One kernel in one flavour: a column of the matrix. */
export interface Column {
  /** As it was asked for: `6.1`, or a release. */
  readonly kernel: string
  readonly series: Series
  /** Resolved against the archive: `6.1.192`. */
  readonly release: string
  readonly flavour: Flavour
}

interface Work {
  readonly signal: AbortSignal
  readonly progress: Progress
}

/**
 * Every selected kernel in every selected flavour, each once, kernels in the order they were named.
 *
 * @throws ModproveError `UNKNOWN_KERNEL`, `UNKNOWN_FLAVOUR`, `RELEASE_NOT_FOUND`, `ARCHIVE_UNREACHABLE`
 */
export async function columnsOf(
  selection: { readonly kernels: readonly string[]; readonly flavours: readonly string[] },
  work: Work,
): Promise<Column[]> {
  const [catalogue, known] = [await loadCatalogue(), await loadFlavours()]
  const kernelNames = named(
    selection.kernels,
    catalogue.map(series => series.name),
  )
  const flavourNames = named(
    selection.flavours,
    known.map(flavour => flavour.name),
  )
  const flavours = flavourNames.map(name => selectFlavour(known, name))
  const columns: Column[] = []
  for (const kernel of kernelNames) {
    const selection = selectKernel(catalogue, kernel)
    const { release } = await resolveSource(selection, work)
    const { series } = selection
    columns.push(...flavours.map(flavour => ({ kernel, series, release, flavour })))
  }
  return columns
}

/** Each once; `all` stands for all there are. */
const named = (names: readonly string[], all: readonly string[]): string[] => [
  ...new Set(names.flatMap(name => (name === 'all' ? all : [name]))),
]

/** How a column's machines come to be. */
export interface MachineWish {
  readonly accelerator: Accelerator
  /** Boot each afresh, instead of restoring it from a template. */
  readonly cold: boolean
}

/** The part of a job that its column does not know. */
export type JobOptions = Pick<Job, 'bail' | 'retries' | 'grep' | 'keep' | 'countsFolder'>

/** A column whose kernel, module and image are built. */
export interface PreparedColumn {
  readonly kernel: KernelBuild
  readonly place: Place
  readonly module: ModuleBuild
  job(ref: JobRef, file: string, folder: string, options: JobOptions): Job
}

/**
 * Builds what a column's machines need, or finds it in the cache.
 *
 * @param folder of the module's source; default: the project's module
 * @throws ModproveError `MODULE_DOES_NOT_COMPILE` (exit 1) and those of the kernel's build (exit 3)
 */
export async function prepareColumn(
  column: Column,
  { accelerator, cold }: MachineWish,
  work: Work,
  folder?: string,
): Promise<PreparedColumn> {
  const { flavour } = column
  const kernel = await requireKernel({ kernel: column.release, flavour: flavour.name, ...work })
  const built = await requireModule({
    kernel,
    coverage: flavour.coverage,
    ...(folder === undefined ? {} : { folder }),
    ...work,
  })
  const programs = await requirePrograms(work)
  const initramfs = await requireInitramfs({ modules: built, programs, ...work })
  const modules = built.modules.map(({ name, debugKo }): ModuleSource => ({
    name,
    debugKo,
    sourcePrefix: built.sourcePrefix,
    compiledIn: built.compiledIn,
  }))
  const machine = {
    image: kernel.image,
    initramfs: initramfs.combined,
    accelerator,
    memoryMiB: flavour.memoryMiB,
    cpus: flavour.cpus,
    append: flavour.append,
  }
  const ssh = { privateKeyFile: initramfs.privateKey, hostKey: initramfs.hostKey }
  const knownFlavours = (await loadFlavours()).map(({ name }) => name)
  const allowListFile = join(checkoutRoot, project.suites, 'known-findings.json')
  const template = cold
    ? undefined
    : await requireTemplate({
        machine: { ...machine, initramfs: initramfs.base },
        bootKey: `${kernel.key} ${initramfs.baseId}`,
        title: `${kernel.release} ${flavour.name}`,
        ssh,
        ...work,
      })
  const { payload } = initramfs
  const place = { machine, ssh, modules, payload, ...(template === undefined ? {} : { template }) }
  return {
    kernel,
    place,
    module: built,
    job: (ref, file, folder, options) => ({
      ...place,
      ref,
      file,
      allowListFile,
      knownFlavours,
      folder,
      ...options,
    }),
  }
}
