import { EXIT } from '../platform/errors.js'
import { findRecord } from '../record/read.js'
import { recordsOf } from '../record/record.js'
import { readRun } from '../record/require-run.js'
import { changesText } from '../report/terminal/terminal-summary.js'
import { compareRecord } from './compare-record.js'
import type { Invocation } from './invocation.js'

export interface CompareOptions {
  baseline?: string
  remember?: boolean
}

export async function execute({
  args: [name = 'latest'],
  options,
  terminal,
  project: read,
}: Invocation<CompareOptions>): Promise<number> {
  const project = await read()
  const records = recordsOf(project)
  const folder = await findRecord(name, records)
  const baseline =
    options.baseline === undefined
      ? undefined
      : await readRun(await findRecord(options.baseline, records))
  const view = await compareRecord(folder, project, {
    baseline,
    remember: options.remember === true,
    say: text => terminal.say(text),
  })
  terminal.write(changesText(view))
  return EXIT.passed
}
