import { join } from 'node:path'
import { InvalidArgumentError } from 'commander'
import { EXIT } from '../errors.js'
import { fuzzReaders, selectReaders } from '../fuzz/fuzz-readers.js'
import { tryCase } from '../fuzz/one-case.js'
import { readers } from '../fuzz/readers/index.js'
import { loadCase } from '../fuzz/saved-case.js'
import { checkoutRoot, writeWhole } from '../paths.js'
import { runName } from '../record/record.js'
import { fuzzTable } from '../report/fuzz.js'
import { escapeTerminal } from '../text.js'
import type { CommandSpec } from './command.js'

interface FuzzOptions {
  cases: number
  seed: number
  replay?: string
}

const CASES = 1_000_000

const whole = (word: string): number => {
  if (!/^\d{1,9}$/.test(word)) throw new InvalidArgumentError('It should be a whole number.')
  return Number(word)
}

export const fuzzCommand: CommandSpec<FuzzOptions> = {
  name: 'fuzz',
  args: '[readers...]',
  summary:
    'Put mutated real inputs to the readers of hostile text: none may crash, hang, pass its bounds, or see a pass where there is none.',
  examples: [
    ['modprove fuzz', 'a million cases for each reader: tap, kmsg, splats, qmp'],
    ['modprove fuzz tap --cases 10000 --seed 7', 'fewer, of one reader, and others'],
    ['modprove fuzz --replay .modprove/fuzz/20261126T152000Z-1c2d3e/tap-1-4711.json', 'one again'],
  ],
  options: {
    cases: { flags: '--cases <n>', description: 'for each reader', initial: CASES, parse: whole },
    seed: {
      flags: '--seed <s>',
      description: 'another seed makes other cases; the same makes the same',
      initial: 1,
      parse: whole,
    },
    replay: { flags: '--replay <file>', description: 'read one case again that was kept' },
  },
  async run({ args, options, terminal, signal }) {
    const write = (text: string): void => terminal.print(process.stdout, text)
    if (options.replay !== undefined) {
      const { reader, fuzzed } = await loadCase(options.replay, readers)
      const problem = await tryCase(reader, fuzzed)
      write(`${escapeTerminal(fuzzed.input.toString('utf8'))}\n\n`)
      write(
        `${reader.name}: ${problem === undefined ? 'nothing wrong' : escapeTerminal(problem)}\n`,
      )
      return problem === undefined ? EXIT.passed : EXIT.failed
    }
    const folder = join(checkoutRoot, '.modprove/fuzz', runName(new Date()))
    const results = await fuzzReaders(selectReaders(args), {
      cases: options.cases,
      seed: options.seed,
      folder,
      signal,
      progress: terminal,
      report: result => write(fuzzTable([result])),
    })
    await writeWhole(join(folder, 'fuzz.json'), `${JSON.stringify(results, undefined, 2)}\n`)
    write(`\n${fuzzTable(results)}figures: ${join(folder, 'fuzz.json')}\n`)
    return results.every(({ problems }) => problems.length === 0) ? EXIT.passed : EXIT.failed
  },
}
