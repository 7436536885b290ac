import type { RunView } from '../../record/view.js'
import { jsonText } from './json-text.js'

/** Version of {@link JsonReport}; rises with every change that could break a reader. */
const JSON_SCHEMA = 1

/**
 * The whole run: `start`, `columns` → `jobs` → `results`, `counts`, `comparisons`, `end`.
 * The record's README.md describes each field.
 */
interface JsonReport extends RunView {
  readonly schema: number
}

export function json(view: RunView): string {
  const report: JsonReport = { schema: JSON_SCHEMA, ...view }
  return `${jsonText(report)}\n`
}
