import { kernelKey } from '../../builder/index.js'
import { harnessError } from '../../platform/errors.js'
import type { Column } from '../../plan/column.js'
import type { Project } from '../../project/project.js'
import type { MachineSetup } from '../../session/job.js'
import type { Readings } from './measure.js'
import type { RowName } from './row-names.js'

export interface BenchContext {
  readonly project: Project
  /** Columns for kernels as in `--kernel`, in one flavour, oldest first. */
  readonly columns: (kernels: string, flavour: string) => Promise<readonly Column[]>
  /** A column's machine setup with a template. @throws ModproveError `NOT_BUILT` */
  readonly setup: (column: Column) => Promise<MachineSetup>
  /** Series or release of the selected kernel. */
  readonly kernel: string
  readonly signal: AbortSignal
}

/** Readings of one subject, under the name used on the command line. */
export interface BenchRow {
  readonly name: RowName
  readonly measures: string
  /** @throws ModproveError with the reason if it cannot be measured on this host */
  readonly read: (context: BenchContext) => Promise<Readings[]>
}

/**
 * Checks that kernels are built: a bench must not spend an hour building them.
 * @throws ModproveError `NOT_BUILT`, with the command to build them
 */
export async function requireBuilt(columns: readonly Column[]): Promise<void> {
  const missing: Column[] = []
  for (const column of columns) {
    const { isBuilt } = await kernelKey(column.source, column.flavour)
    if (!isBuilt) missing.push(column)
  }
  if (missing.length === 0) return
  const names = missing.map(({ release, flavour }) => `${release} ${flavour.name}`)
  const words = (word: (column: Column) => string) => [...new Set(missing.map(word))].join(',')
  const kernels = words(({ kernel }) => kernel)
  const flavours = words(({ flavour }) => flavour.name)
  throw harnessError('NOT_BUILT', `not built: ${names.join(', ')}`, {
    remedy: `modprove build --kernel ${kernels} --flavour ${flavours}`,
  })
}

/** The machine setup of the selected series in one flavour. */
export async function chosenSetup(context: BenchContext, flavour: string): Promise<MachineSetup> {
  const [column] = await context.columns(context.kernel, flavour)
  if (column === undefined) throw new RangeError(`no kernel of flavour ${flavour}`)
  return context.setup(column)
}
