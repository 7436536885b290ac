import { join, resolve } from 'node:path'
import { EXIT, usageError } from '../errors.js'
import { during } from '../progress.js'
import { findRecord } from '../record/read.js'
import { formatNames, formats, type Chunks, type FormatName } from '../report/formats.js'
import { reportSource, writeReport } from '../report/write-reports.js'
import type { CommandSpec } from './command.js'

/** In the record's folder. */
const PAGE = 'report.html'

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
    ['modprove report --format html', 'a page to read in the morning: report.html in the record'],
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
      description:
        'where it is written (default: standard output; report.html in the record for html)',
    },
  },
  async run({ args, options, terminal }) {
    const [name = 'latest', ...more] = args
    if (more.length > 0) {
      throw usageError('ONE_RUN', 'report takes one run.', {
        remedy: 'modprove merge makes one record of several',
      })
    }
    const folder = await findRecord(name)
    const source = await during(terminal, 'reading the record', undefined, () =>
      reportSource(folder),
    )
    const output = options.output ?? (options.format === 'html' ? join(folder, PAGE) : undefined)
    if (output === undefined) await print(formats[options.format](source))
    else {
      const file = resolve(output)
      await during(terminal, 'writing the report', undefined, () =>
        writeReport(source, options.format, file),
      )
      if (options.output === undefined) terminal.print(process.stdout, `${file}\n`)
    }
    return EXIT.passed
  },
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
