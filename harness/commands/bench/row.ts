import { kernelKey } from '../../builder/index.js'
import { harnessError } from '../../platform/errors.js'
import type { Column } from '../../plan/columns.js'
import type { Project } from '../../project/project.js'
import type { Place } from '../../session/job.js'
import type { Readings } from './measure.js'
import type { RowName } from './row-names.js'

export interface BenchContext {
  readonly project: Project
  /** Kernels, as `--kernel` names them, in one flavour; the oldest first. */
  readonly columns: (kernels: string, flavour: string) => Promise<readonly Column[]>
  /** A column's machines, restored from a template. @throws ModproveError `NOT_BUILT`, see {@link requireBuilt} */
  readonly place: (column: Column) => Promise<Place>
  /** Series or release of the chosen kernel. */
  readonly kernel: string
  readonly signal: AbortSignal
}

/** Readings of one subject; the name is what the command takes. */
export interface Row {
  readonly name: RowName
  readonly measures: string
  /** @throws ModproveError where it cannot be measured on this host, with the reason */
  readonly read: (context: BenchContext) => Promise<Readings[]>
}

/**
 * A bench that builds kernels for an hour is not what was asked for.
 * @throws ModproveError `NOT_BUILT`, with the command that builds what is missing
 */
export async function requireBuilt(
  { kconfig }: Project,
  columns: readonly Column[],
): Promise<void> {
  const missing: Column[] = []
  for (const column of columns) {
    const { isBuilt } = await kernelKey(column.source, column.flavour, kconfig)
    if (!isBuilt) missing.push(column)
  }
  if (missing.length === 0) return
  const names = missing.map(({ release, flavour }) => `${release} ${flavour.name}`)
  const words = (of: (column: Column) => string) => [...new Set(missing.map(of))].join(',')
  const kernels = words(({ kernel }) => kernel)
  const flavours = words(({ flavour }) => flavour.name)
  throw harnessError('NOT_BUILT', `not built: ${names.join(', ')}`, {
    remedy: `modprove build --kernel ${kernels} --flavour ${flavours}`,
  })
}

/** The machines of the chosen series in one flavour. */
export async function chosenPlace(context: BenchContext, flavour: string): Promise<Place> {
  const [column] = await context.columns(context.kernel, flavour)
  if (column === undefined) throw new RangeError(`no kernel of flavour ${flavour}`)
  return context.place(column)
}
