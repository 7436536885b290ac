import {
  loadCatalogue,
  loadFlavours,
  selectFlavour,
  selectKernels,
  selectOneKernel,
  type ChosenKernel,
  type Flavour,
  type KernelSource,
  type Work,
} from '../builder/index.js'
import { ModproveError, usageError } from '../platform/errors.js'
import type { JobRef } from '../contract/events.js'
import type { Project } from '../project/project.js'

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
  project: Project,
  selection: { readonly kernels: readonly string[]; readonly flavours: readonly string[] },
  work: Work,
): Promise<Column[]> {
  const flavours = await asWritten(project, 'flavours', selection.flavours, names =>
    resolveFlavours(project, names),
  )
  const catalogue = await loadCatalogue()
  const kernels = await asWritten(project, 'kernels', selection.kernels, words =>
    selectKernels(catalogue, words, selecting(project, work)),
  )
  const known = await loadFlavours(project)
  const columns = kernels.flatMap(kernel =>
    flavoursOf(kernel, flavours, known).map(flavour => columnOf(kernel, flavour)),
  )
  for (const name of selection.flavours) requireUsed(name, columns)
  return columns
}

/** A mistake in words of the configuration is told with their place there. */
async function asWritten<T>(
  { configFile, run }: Project,
  field: 'kernels' | 'flavours',
  words: readonly string[],
  select: (words: readonly string[]) => Promise<T>,
): Promise<T> {
  try {
    return await select(words)
  } catch (error) {
    const isOfUser = error instanceof ModproveError && error.outcome === 'usage'
    if (!isOfUser || words.join() !== run[field]?.join()) throw error
    const { code, message, detail, remedy } = error
    throw usageError(code, `${configFile}: run.${field}: ${message}`, {
      detail,
      remedy,
      cause: error,
    })
  }
}

/** A project may lie in a kernel's tree, and no kernel is built from it. */
const selecting = ({ configFile, state, suites, module }: Project, work: Work) => ({
  ...work,
  leftOut: [
    ...[configFile, state, suites],
    ...module.folders.flatMap(({ inTree }) => inTree?.sources ?? []),
  ],
})

/** @throws ModproveError `UNKNOWN_FLAVOUR` if a flavour was named that no kernel has */
function requireUsed(name: string, columns: readonly Column[]): void {
  const isUsed = columns.some(({ flavour }) => flavour.name === name)
  const [first] = columns
  // `plain` is what is asked for by who asks for none.
  if (isUsed || name === 'all' || name === 'plain' || first === undefined) return
  throw notOf(first.kernel, name, first.source)
}

/** @throws ModproveError why no machine boots the kernel of a column, if that is known */
export function requireBootable(columns: readonly Column[]): void {
  for (const { source } of columns) if (source.cannotBoot !== undefined) throw source.cannotBoot
}

/** The flavours of a kernel: those that were asked for, or the one of prebuilt kernels. */
function flavoursOf(
  { source }: ChosenKernel,
  wanted: readonly Flavour[],
  known: readonly Flavour[],
): readonly Flavour[] {
  const fitting = (source.install === undefined ? wanted : known).filter(each => fits(source, each))
  return fitting.length > 0 ? fitting : wanted
}

/** Prebuilt kernels have a flavour of their own, and no other kernel has that. */
const fits = ({ install }: KernelSource, { kernels }: Flavour): boolean =>
  (install !== undefined) === (kernels === 'prebuilt')

/**
 * One kernel in one flavour.
 * @throws ModproveError `UNKNOWN_KERNEL` for several kernels, and those of {@link columnsOf}
 */
export async function oneColumn(
  project: Project,
  kernel: string,
  flavour: string,
  work: Work,
): Promise<Column> {
  const known = await loadFlavours(project)
  const chosen = await selectOneKernel(await loadCatalogue(), kernel, selecting(project, work))
  const wanted = selectFlavour(known, flavour)
  const [fitting = wanted] = flavoursOf(chosen, [wanted], known)
  const column = columnOf(chosen, fitting)
  requireUsed(flavour, [column])
  return column
}

/** Flavours by name, once each; `all` selects every one. @throws ModproveError `UNKNOWN_FLAVOUR` */
async function resolveFlavours(project: Project, wanted: readonly string[]): Promise<Flavour[]> {
  const known = await loadFlavours(project)
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
  project: Project,
  jobs: readonly Pick<JobRef, 'kernel' | 'release' | 'flavour'>[],
  work: Work,
): Promise<Column[]> {
  const [flavours, catalogue] = [await loadFlavours(project), await loadCatalogue()]
  const columns = new Map<string, Column>()
  for (const { kernel, release, flavour } of jobs) {
    const name = `${kernel} ${flavour}`
    if (columns.has(name)) continue
    const word = wordOf(kernel, release)
    const { source } = await selectOneKernel(catalogue, word, selecting(project, work)).catch(
      (cause: Error) => {
        if (!(cause instanceof ModproveError) || cause.code !== 'RELEASE_NOT_FOUND') throw cause
        throw usageError(
          'RELEASE_MOVED',
          `The run was begun with ${release}, which the archive no longer has`,
          { remedy: 'Begin a new run', cause },
        )
      },
    )
    columns.set(name, columnOf({ kernel, source }, selectFlavour(flavours, flavour)))
  }
  return [...columns.values()]
}

/** How the same kernel is named again: where the word says which, by itself. */
export function wordOf(kernel: string, release: string): string {
  if (kernel.startsWith('distro:')) return kernel.includes('=') ? kernel : `${kernel}=${release}`
  return kernel.includes(':') ? kernel : release
}

/** @throws ModproveError `UNKNOWN_FLAVOUR` if the kernel is not of that flavour */
export function columnOf({ kernel, source }: ChosenKernel, flavour: Flavour): Column {
  const { series, release } = source
  if (!fits(source, flavour)) throw notOf(kernel, flavour.name, source)
  // A release has one source in the archive; a tree or a tarball has its own name.
  const id = `${kernel.includes(':') ? source.name : release}-${flavour.name}`
  return { id, kernel, series, release, source, flavour }
}

const notOf = (kernel: string, name: string, { install }: KernelSource) =>
  install === undefined
    ? usageError('UNKNOWN_FLAVOUR', `Kernel ${kernel} is built here, and has no flavour ${name}`, {
        remedy: 'That is for prebuilt kernels: --kernel distro:bookworm',
      })
    : usageError('UNKNOWN_FLAVOUR', `Kernel ${kernel} is prebuilt, and has no flavour ${name}`, {
        remedy: 'Leave --flavour out, or name a kernel that is built here: a series, such as 6.1',
      })

/** A column as events name it. */
export const columnRef = ({ kernel, series, release, flavour }: Column) => ({
  kernel,
  series,
  release,
  flavour: flavour.name,
})
