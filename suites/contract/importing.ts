import type { ModuleSpec } from '../../harness/suite.js'
import { exporter, importer } from '../exporter.js'
import type { SizedExporter } from './adapter.js'

/** What tests with an importer load; importer.ko takes a symbol of exporter.ko, whosever the buffers are. */
export function withImporter({ modules }: SizedExporter): { readonly modules: ModuleSpec[] } {
  return { modules: [...(modules.length > 0 ? modules : [exporter]), importer] }
}
