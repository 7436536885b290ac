import { EXIT, usageError } from '../platform/errors.js'
import { compareWithPast, historyOf, remember } from '../history/index.js'
import { putComparisons } from '../record/put-comparisons.js'
import { findRecord } from '../record/read.js'
import { recordsOf } from '../record/record.js'
import { readRun } from '../record/require-run.js'
import type { RunView } from '../record/view.js'
import { changesText } from '../report/terminal/terminal-summary.js'
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
  const [records, history] = [recordsOf(project), historyOf(project)]
  const folder = await findRecord(name, records)
  const view = await readRun(folder)
  requireEnd(view, folder)
  const baseline =
    options.baseline === undefined
      ? undefined
      : await readRun(await findRecord(options.baseline, records))
  const comparisons = await compareWithPast(history, view, baseline, text => terminal.say(text))
  await putComparisons(folder, comparisons)
  if (options.remember === true) await remember(view, history)
  terminal.write(changesText({ ...view, comparisons }))
  return EXIT.passed
}

function requireEnd({ start, end }: RunView, folder: string): void {
  if (end !== undefined) return
  throw usageError('RUN_NOT_ENDED', `${start.run} is still running, or was cut off: ${folder}`, {
    remedy: `modprove run --resume ${folder} completes it; then compare it`,
  })
}
