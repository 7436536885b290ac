import type { MutantsOptions } from '../../commands/mutants/prove-mutants.js'
import type { CommandSpec } from '../command.js'
import { acceleratorOption, jobsOption, oneKernelOption } from '../selection.js'

export const mutantsCommand: CommandSpec<MutantsOptions> = {
  name: 'mutants',
  args: '[mutants...]',
  summary:
    "Plant each of the module's known bugs in a copy of it, and check that the suites catch it.",
  examples: [
    ['modprove mutants', 'every mutant, against the tests that should catch it'],
    ['modprove mutants 02 31', 'two of them; whole names work too'],
    ['modprove mutants --all', 'against every suite, those that should catch it first'],
    ['modprove mutants --all --keep-going', 'every promise that catches it: mutants.json'],
  ],
  options: {
    kernel: oneKernelOption,
    all: { flags: '--all', description: 'run all suites, not only the tests that should catch it' },
    keepGoing: {
      flags: '--keep-going',
      description: "do not stop at a mutant's first kill",
    },
    accel: acceleratorOption,
    jobs: jobsOption,
  },
  load: () => import('../../commands/mutants.js'),
}
