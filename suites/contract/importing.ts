import type { ModuleSpec } from '../../harness/suite-api/suite.js'
import { importer } from '../exporter.js'
import type { SizedExporter } from './adapter.js'

/** What tests with an importer load. */
export function withImporter({ modules }: SizedExporter): { readonly modules: ModuleSpec[] } {
  return { modules: [...modules, importer] }
}
