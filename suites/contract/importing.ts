import type { ModuleSpec } from 'modprove'
import { importer } from '../exporter.js'
import type { SizedExporter } from './adapter.js'

/** What tests with an importer load. */
export function withImporter({ modules }: SizedExporter): { readonly modules: ModuleSpec[] } {
  return { modules: [...modules, importer] }
}
