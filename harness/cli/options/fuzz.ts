import type { FuzzOptions } from '../../commands/fuzz.js'
import { InvalidArgumentError } from 'commander'
import type { CommandSpec } from '../command.js'

const CASES = 1_000_000

const whole = (word: string): number => {
  if (!/^\d{1,9}$/.test(word)) throw new InvalidArgumentError('It should be a whole number.')
  return Number(word)
}

export const fuzzCommand: CommandSpec<FuzzOptions> = {
  name: 'fuzz',
  args: '[readers...]',
  summary:
    'Feed mutated real inputs to the parsers of guest output: none may crash, hang, exceed its bounds, or report a false pass.',
  examples: [
    ['modprove fuzz', 'a million cases for each reader: tap, kmsg, splats, qmp'],
    ['modprove fuzz tap --cases 10000 --seed 7', 'fewer cases, one reader, another seed'],
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
    replay: { flags: '--replay <file>', description: 'repeat one saved case' },
  },
  load: () => import('../../commands/fuzz.js'),
}
