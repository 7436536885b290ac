import { join, resolve } from 'node:path'
import { EXIT, usageError } from '../platform/errors.js'
import { during } from '../platform/terminal/progress.js'
import { findRecord } from '../record/read.js'
import { recordsOf } from '../record/record.js'
import { formats, type Chunks } from '../report/formats.js'
import { reportSource, writeReport } from '../report/write-reports.js'
import type { Invocation } from './invocation.js'
import type { FormatName } from '../contract/format-names.js'

export interface ReportOptions {
  format: FormatName
  output?: string
}

/** File name in the record's folder. */
const PAGE = 'report.html'

export async function execute({
  args,
  options,
  terminal,
  project,
}: Invocation<ReportOptions>): Promise<number> {
  const [name = 'latest', ...more] = args
  if (more.length > 0) {
    throw usageError('ONE_RUN', 'report takes one run.', {
      remedy: 'modprove merge makes one record of several',
    })
  }
  const folder = await findRecord(name, recordsOf(await project()))
  const source = await during(terminal, 'reading the record', undefined, () => reportSource(folder))
  const output = options.output ?? (options.format === 'html' ? join(folder, PAGE) : undefined)
  if (output === undefined) await print(formats[options.format](source))
  else {
    const file = resolve(output)
    await during(terminal, 'writing the report', undefined, () =>
      writeReport(source, options.format, file),
    )
    if (options.output === undefined) terminal.write(`${file}\n`)
  }
  return EXIT.passed
}

/** Respects back-pressure; EPIPE is success. */
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
