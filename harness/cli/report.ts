import { resolve } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { EXIT, usageError } from '../errors.js'
import type { RunEvent } from '../events.js'
import { writeWhole } from '../paths.js'
import { during } from '../progress.js'
import { findRecord, readEvents } from '../record/read.js'
import { settle } from '../record/settle.js'
import { viewOf } from '../record/view.js'
import {
  formatNames,
  formats,
  type Chunks,
  type FormatName,
  type ReportSource,
} from '../report/formats.js'
import type { CommandSpec } from './command.js'

interface ReportOptions {
  format: FormatName
  output?: string
}

export const reportCommand: CommandSpec<ReportOptions> = {
  name: 'report',
  args: '[run]',
  summary: 'Report a run from its record: for people, for CI, for databases.',
  examples: [
    ['modprove report', 'a summary of the latest run'],
    ['modprove report 8fb9e5 --format pretty', 'as it was printed; a part of its name will do'],
    ['modprove report --format junit --output junit.xml', 'for a CI that draws tables'],
    ['modprove report --format markdown >> "$GITHUB_STEP_SUMMARY"', 'a step summary'],
    ['modprove report --format github', 'annotations at the lines of the module'],
  ],
  options: {
    format: {
      flags: '--format <name>',
      description: 'how it is told',
      choices: formatNames,
      initial: 'summary',
    },
    output: {
      flags: '--output <file>',
      description: 'where it is written (default: standard output)',
    },
  },
  async run({ args, options, terminal }) {
    const [name = 'latest', ...more] = args
    if (more.length > 0) {
      throw usageError('ONE_RUN', 'report takes one run.', {
        remedy: 'modprove merge makes one record of several',
      })
    }
    const source = await during(terminal, 'reading the record', undefined, () => sourceOf(name))
    const chunks: Chunks = formats[options.format](source)
    if (options.output === undefined) await print(chunks)
    else {
      // Standard output may be a terminal, for which it is coloured.
      await writeWhole(resolve(options.output), plain(chunks))
    }
    return EXIT.passed
  },
}

/** @throws ModproveError those of reading, and `NOT_A_RUN` for mutants */
async function sourceOf(name: string): Promise<ReportSource> {
  const folder = await findRecord(name)
  const told = viewOf(await readEvents(folder))
  // A record may have been moved since.
  const view = { ...told, start: { ...told.start, folder } }
  if (view.start.request === undefined) {
    throw usageError('NOT_A_RUN', `${folder} is the record of a run of mutants`, {
      remedy: `What became of each stands in ${folder}/mutants.json`,
    })
  }
  return { folder, view, events: () => eventsOf(folder) }
}

async function* eventsOf(folder: string): AsyncGenerator<RunEvent> {
  for await (const { event } of (await settle(folder)).events())
    yield event.type === 'run-start' ? { ...event, folder } : event
}

async function* plain(chunks: Chunks): AsyncGenerator<string> {
  for await (const chunk of chunks) yield stripVTControlCharacters(chunk)
}

/** At the pace of whoever reads; one who stops reading has what he wanted. */
async function print(chunks: Chunks): Promise<void> {
  const { stdout } = process
  const closed = new Promise<void>((resolve, reject) => {
    stdout.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') resolve()
      else reject(error)
    })
  })
  const written = (async () => {
    for await (const chunk of chunks) {
      if (!stdout.write(chunk)) await new Promise(resolve => stdout.once('drain', resolve))
    }
  })()
  await Promise.race([written, closed])
}
