import type { LogRecord } from '../../contract/log-record.js'
import type { Finding, ModuleSource } from '../finding.js'
import { consoleRecords, startAfter, type ConsoleRecord } from './console-text.js'
import { FindingReader } from './finding-reader.js'

/** Records that the kernel overwrote before they were read. */
export interface Loss {
  /** Number of them. */
  readonly count: number
  /** The last record before them. */
  readonly after: LogRecord
  /** The first record after them. */
  readonly before: LogRecord
}

/** What a console has of lost records. */
export interface Mended {
  /** Number of its lines. */
  readonly lines: number
  /** Each report that lost a part, in order. */
  readonly findings: Iterable<Finding>
}

/**
 * Reads the reports of which records were lost, from a log whose gaps the console fills. On the
 * console user space can imitate kernel text.
 *
 * @param records the log around the losses: also the reports that they cut
 * @param losses in order
 */
export function mendLosses(
  records: readonly LogRecord[],
  losses: readonly Loss[],
  console: string,
  modules: readonly ModuleSource[],
): Mended {
  const lines = consoleRecords(console)
  const gaps = losses.map(loss => recordsOf(loss, lines))
  return {
    lines: gaps.reduce((sum, gap) => sum + gap.length, 0),
    findings: readWith(gaps, records, losses, modules),
  }
}

function* readWith(
  gaps: readonly (readonly LogRecord[])[],
  records: readonly LogRecord[],
  losses: readonly Loss[],
  modules: readonly ModuleSource[],
): Generator<Finding> {
  const reader = new FindingReader(modules)
  const isCut = ({ firstSequence, lastSequence }: Finding): boolean =>
    losses.some(
      ({ after, before }) => lastSequence > after.sequence && firstSequence < before.sequence,
    )
  let at = 0
  for (const record of records) {
    while ((losses[at]?.before.sequence ?? Infinity) <= record.sequence) {
      for (const lost of gaps[at] ?? []) yield* reader.push(lost).filter(isCut)
      at += 1
    }
    yield* reader.push(record).filter(isCut)
  }
  yield* reader.end().filter(isCut)
}

/** The console's lines of a loss, as records; their number may differ from what was lost. */
function recordsOf({ after, before }: Loss, lines: readonly ConsoleRecord[]): LogRecord[] {
  const from = startAfter(lines, after)
  const isNext = ({ timeUs, text }: ConsoleRecord): boolean =>
    timeUs > before.timeUs ||
    (timeUs === before.timeUs && text !== '' && before.text.endsWith(text))
  const length = lines.slice(from).findIndex(isNext)
  return lines.slice(from, length === -1 ? undefined : from + length).map((line, index) => ({
    ...line,
    sequence: Math.min(after.sequence + 1 + index, before.sequence - 1),
  }))
}
