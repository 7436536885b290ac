import type { RunEvent } from '../contract/events.js'
import type { RunView } from '../record/view.js'
import type { FormatName } from '../contract/format-names.js'
import { github } from './formats/github.js'
import { json } from './formats/json.js'
import { junit } from './formats/junit.js'
import { kcidb } from './formats/kcidb.js'
import { markdown } from './formats/markdown.js'
import { PrettyReporter } from './terminal/pretty.js'
import type { Reporter, Write } from './reporter.js'
import { TapReporter } from './formats/tap.js'
import { terminalSummary, widthOf } from './terminal/terminal-summary.js'

/** The input of a report. */
export interface ReportSource {
  readonly view: RunView
  /** As if the run had not been interrupted. */
  readonly events: () => AsyncIterable<RunEvent>
  /** The record's folder, absolute. */
  readonly folder: string
}

export type Chunks = Iterable<string> | AsyncIterable<string>

/** Reports that can be made from a record, by name. */
export const formats = {
  summary: ({ view, folder }) => terminalSummary(view, folder, widthOf(process.stdout)),
  pretty: ({ events }) => rendered(events(), write => new PrettyReporter(write)),
  tap: ({ events }) => rendered(events(), write => new TapReporter(write)),
  junit: ({ view }) => junit(view),
  json: ({ view }) => [json(view)],
  markdown: ({ view }) => markdown(view),
  github: ({ view }) => [github(view)],
  kcidb: ({ view }) => [kcidb(view)],
  html,
} as const satisfies Readonly<Record<FormatName, (source: ReportSource) => Chunks>>

/** Loads the bundler only when this report is made. */
async function* html({ view, folder }: ReportSource): AsyncGenerator<string> {
  const { htmlReport } = await import('./page/html-report.js')
  yield await htmlReport(folder, view)
}

/** What a live run's reporter writes for a recorded run. */
async function* rendered(
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
