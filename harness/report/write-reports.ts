import { resolve } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { harnessError } from '../platform/errors.js'
import type { RunEvent } from '../contract/events.js'
import { writeAtomically } from '../platform/files/write-atomically.js'
import { readEvents } from '../record/read.js'
import { requireRun } from '../record/require-run.js'
import { readClosed } from '../record/closed-record.js'
import { viewOf } from '../record/view.js'
import type { FormatName } from '../contract/format-names.js'
import { formats, type Chunks, type ReportSource } from './formats.js'

/** Files by format. */
export type ReportFiles = Readonly<Partial<Record<FormatName, string>>>

/** Reports written into a record. */
const REPORTS: ReportFiles = {
  html: 'report.html',
  markdown: 'summary.md',
  junit: 'junit.xml',
  json: 'report.json',
  kcidb: 'kcidb.json',
}

/**
 * Reads the input of reports.
 *
 * @param folder of the record, from `findRecord`
 * @throws ModproveError those of reading, and of {@link requireRun}
 */
export async function reportSource(folder: string): Promise<ReportSource> {
  const recorded = viewOf(await readEvents(folder))
  // The record may have been moved after the run.
  const view = { ...recorded, start: { ...recorded.start, folder } }
  requireRun(view.start, folder)
  return { folder, view, events: () => eventsOf(folder) }
}

/** Writes one report atomically, and without colours. */
export const writeReport = (
  source: ReportSource,
  format: FormatName,
  file: string,
): Promise<void> => writeAtomically(file, plain(formats[format](source)))

/**
 * Writes the reports of a record: into itself, unless other files are named.
 *
 * @param root what the files' paths are relative to
 * @throws ModproveError `REPORTS_FAILED` naming those that failed; the others are written
 */
export async function writeReports(
  folder: string,
  files: ReportFiles = REPORTS,
  root = folder,
): Promise<void> {
  const source = await reportSource(folder)
  const failed: string[] = []
  for (const [format, name] of Object.entries(files) as [FormatName, string][]) {
    try {
      await writeReport(source, format, resolve(root, name))
    } catch (error) {
      failed.push(`${name}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  if (failed.length === 0) return
  throw harnessError('REPORTS_FAILED', `Could not be written into ${root}: ${failed.join('; ')}`)
}

async function* eventsOf(folder: string): AsyncGenerator<RunEvent> {
  for await (const { event } of (await readClosed(folder)).events())
    yield event.type === 'run-start' ? { ...event, folder } : event
}

async function* plain(chunks: Chunks): AsyncGenerator<string> {
  for await (const chunk of chunks) yield stripVTControlCharacters(chunk)
}
