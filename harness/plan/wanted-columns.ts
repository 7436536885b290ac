import { byCompilers } from '../builder/index.js'
import type { Project } from '../project/project.js'

/** Options that choose columns. */
export interface ColumnsOptions {
  kernel?: readonly string[]
  compiler?: readonly string[]
  flavour?: readonly string[]
}

export interface WantedColumns {
  readonly kernels: readonly string[]
  readonly flavours: readonly string[]
}

const USUAL: WantedColumns = { kernels: ['6.1'], flavours: ['plain'] }

/**
 * What the options say, else the configuration.
 * @param usual where neither says anything
 */
export const wantedColumns = (
  { run }: Pick<Project, 'run'>,
  { kernel, compiler, flavour }: ColumnsOptions,
  usual: Partial<WantedColumns> = {},
): WantedColumns => {
  const { kernels, flavours } = { ...USUAL, ...usual, ...run }
  return { kernels: byCompilers(kernel ?? kernels, compiler), flavours: flavour ?? flavours }
}

/** For commands that take one: the first. */
export function wantedColumn(
  project: Pick<Project, 'run'>,
  { kernel, flavour }: { readonly kernel?: string; readonly flavour?: string },
): { readonly kernel: string; readonly flavour: string } {
  const { kernels, flavours } = wantedColumns(project, {})
  const [first, plain] = [kernels[0], flavours[0]] as [string, string]
  return { kernel: kernel ?? first, flavour: flavour ?? plain }
}
