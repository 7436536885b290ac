import { join } from 'node:path'
import { EXIT } from '../../platform/errors.js'
import { selectReaders } from '../../selftest/fuzz/fuzz-readers.js'
import { tryCase } from '../../selftest/fuzz/reader.js'
import { readers } from '../../selftest/fuzz/readers/index.js'
import { loadCase } from '../../selftest/fuzz/saved-case.js'
import { pick } from '../../platform/pick.js'
import { runName } from '../../record/record.js'
import { fuzzTable } from '../../report/activities/fuzz.js'
import { escapeTerminal } from '../../platform/text/text.js'
import type { Invocation } from '../invocation.js'
import { fuzzAndKeep } from './keep-fuzz.js'

export interface FuzzOptions {
  cases: number
  seed: number
  replay?: string
}

export async function execute({
  args,
  options,
  terminal,
  signal,
  project,
}: Invocation<FuzzOptions>): Promise<number> {
  const { write } = terminal
  if (options.replay !== undefined) {
    const { reader, fuzzed } = await loadCase(options.replay, readers)
    const problem = await tryCase(reader, fuzzed)
    write(`${escapeTerminal(fuzzed.input.toString('utf8'))}\n\n`)
    write(`${reader.name}: ${problem === undefined ? 'nothing wrong' : escapeTerminal(problem)}\n`)
    return problem === undefined ? EXIT.passed : EXIT.failed
  }
  const folder = join((await project()).state, 'fuzz', runName(new Date()))
  const settings = pick(options, 'cases', 'seed')
  const results = await fuzzAndKeep(selectReaders(args), { ...settings, folder, signal, terminal })
  write(`\n${fuzzTable(results)}figures: ${join(folder, 'fuzz.json')}\n`)
  return results.every(({ problems }) => problems.length === 0) ? EXIT.passed : EXIT.failed
}
