import type { Detail, DetailsData } from '../data.js'

/** A JSON document of the page. */
export const documentOf = <Data>(id: string): Data =>
  JSON.parse(document.getElementById(id)?.textContent ?? 'null') as Data

let details: DetailsData | undefined
/** Parsed when the first test is opened, since it may have megabytes. */
const all = (): DetailsData => (details ??= documentOf<DetailsData>('details'))

const nothing: Detail = { problems: [], findings: [] }

export const detailAt = (index: number | undefined): Detail =>
  index === undefined ? nothing : (all().details[index] ?? nothing)

/** Lines of a file of the module as it was in the run. */
export const sourceOf = (file: string): string[] | undefined =>
  Object.hasOwn(all().sources, file) ? all().sources[file]?.split('\n') : undefined
