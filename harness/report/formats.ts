import type { RunEvent } from '../contract/events.js'
import type { RunView } from '../record/view.js'
import type { FormatName } from './format-names.js'
import { github } from './github.js'
import { json } from './json.js'
import { junit } from './junit.js'
import { kcidb } from './kcidb.js'
import { markdown } from './markdown.js'
import { PrettyReporter } from './pretty.js'
import type { Reporter, Write } from './reporter.js'
import { TapReporter } from './tap.js'
import { terminalSummary, widthOf } from './terminal-summary.js'

/** What a report is made of. */
export interface ReportSource {
  readonly view: RunView
  /** As a run without a break would have told them. */
  readonly events: () => AsyncIterable<RunEvent>
  /** The record's folder, absolute. */
  readonly folder: string
}

export type Chunks = Iterable<string> | AsyncIterable<string>

/** Every report that can be made of a record, by its name. */
export const formats = {
  summary: ({ view, folder }) => terminalSummary(view, folder, widthOf(process.stdout)),
  pretty: ({ events }) => told(events(), write => new PrettyReporter(write)),
  tap: ({ events }) => told(events(), write => new TapReporter(write)),
  junit: ({ view }) => junit(view),
  json: ({ view }) => [json(view)],
  markdown: ({ view }) => markdown(view),
  github: ({ view }) => [github(view)],
  kcidb: ({ view }) => [kcidb(view)],
  html,
} as const satisfies Readonly<Record<FormatName, (source: ReportSource) => Chunks>>

/** Its bundler is loaded when it is asked for. */
async function* html({ view, folder }: ReportSource): AsyncGenerator<string> {
  const { htmlReport } = await import('./page/html-report.js')
  yield await htmlReport(folder, view)
}

/** What a reporter of a live run writes when it is told a recorded one. */
async function* told(
  events: AsyncIterable<RunEvent>,
  reporterFor: (write: Write) => Reporter,
): AsyncGenerator<string> {
  let written = ''
  const reporter = reporterFor(text => (written += text))
  for await (const event of events) {
    reporter.take(event)
    if (written !== '') yield written
    written = ''
  }
}
