import type { ModuleSpec } from 'modprove'
import { importer } from '../exporter.js'
import type { SizedExporter } from './adapter.js'

/** Modules of tests with an importer. */
export function withImporter({ modules }: SizedExporter): { readonly modules: ModuleSpec[] } {
  return { modules: [...modules, importer] }
}
