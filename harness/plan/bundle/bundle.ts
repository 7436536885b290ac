import { join } from 'node:path'
import type { BuiltColumn } from '../build-column.js'
import type { Column } from '../column.js'

/** A column in a bundle. Paths of files in it begin with {@link INSIDE}. */
export interface BundledColumn {
  readonly column: Pick<Column, 'id' | 'kernel' | 'series' | 'release'> & {
    readonly flavour: string
  }
  readonly built: BuiltColumn
}

/** `columns.json` of a bundle. */
export interface Bundled {
  /** The project's folder, from that of its copy. */
  readonly project: string
  readonly columns: readonly BundledColumn[]
}

/** Before a path that is given from the bundle. */
export const INSIDE = 'bundle:'

/** What a bundle's folder holds besides its plan. */
export const partsOf = (bundle: string) => ({
  /** What columns are made of, by content. */
  files: join(bundle, 'files'),
  /** {@link Bundled} */
  columns: join(bundle, 'columns.json'),
  /** A copy of the project, or of what holds it and its modules. */
  project: join(bundle, 'project'),
  /** modprove and its packages. */
  modprove: join(bundle, 'modprove'),
  /** Programs that name the lines of findings, with their libraries. */
  tools: join(bundle, 'tools'),
  /** SHA-256 of each file by its path. */
  sums: join(bundle, 'sums.json'),
})

/** A value with each of its texts replaced. */
export async function mapTexts(
  value: unknown,
  replaced: (text: string) => string | Promise<string>,
): Promise<unknown> {
  if (typeof value === 'string') return replaced(value)
  if (Array.isArray(value)) return Promise.all(value.map(async each => mapTexts(each, replaced)))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(
    async ([key, each]) => [key, await mapTexts(each, replaced)] as const,
  )
  return Object.fromEntries(await Promise.all(entries))
}
