import {
  loadCatalogue,
  loadFlavours,
  selectFlavour,
  selectKernels,
  selectOneKernel,
  type ChosenKernel,
  type Flavour,
  type Work,
} from '../builder/index.js'
import { ModproveError, usageError } from '../platform/errors.js'
import type { Project } from '../project/project.js'
import { columnOf, fits, notOf, type Column } from './column.js'

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
export const selecting = ({ configFile, state, suites, module }: Project, work: Work) => ({
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

/** The flavours of a kernel: those that were asked for, or the one of prebuilt kernels. */
function flavoursOf(
  { source }: ChosenKernel,
  wanted: readonly Flavour[],
  known: readonly Flavour[],
): readonly Flavour[] {
  const fitting = (source.install === undefined ? wanted : known).filter(each => fits(source, each))
  return fitting.length > 0 ? fitting : wanted
}

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
