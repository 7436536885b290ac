import type { CommandSpec } from '../command.js'
import { jobsOption, machineOptions, oneFlavourOption, oneKernelOption } from '../selection.js'
import type { BisectOptions } from '../../commands/bisect/bisect.js'
import type { MutantsOptions } from '../../commands/mutants/prove-mutants.js'

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
    ...machineOptions,
    jobs: jobsOption,
  },
  load: () => import('../../commands/mutants.js'),
}

export const bisectCommand: CommandSpec<BisectOptions> = {
  name: 'bisect',
  args: '<test>',
  summary:
    "Find the first kernel release on which a test fails, or the first commit of the module's history. TEST is a suite, SUITE:C7 (a promise) or SUITE:REGEXP.",
  examples: [
    ['modprove bisect ring:C7 --good 6.12.107 --bad 6.12.117', "over Debian's point releases"],
    ['modprove bisect ring:C7 --good 6.1 --bad 7.3 --flavour debug', 'over all series between'],
    [
      'modprove bisect ring:C7 --module --good v1.0 --bad HEAD',
      "over the module's commits, on 6.1",
    ],
    [
      'modprove bisect ring --good 6.1 --bad 7.3 --build-failure bad',
      'which release the module stopped compiling for, unless the test failed before',
    ],
  ],
  options: {
    good: { flags: '--good <where>', description: 'a release, or commit, on which it passes' },
    bad: { flags: '--bad <where>', description: 'a newer one on which it fails' },
    module: {
      flags: '--module',
      description: "search the commits that change the module's folder",
    },
    kernel: {
      flags: '--kernel <kernel>',
      description: 'with --module: the kernel (default: as in shell)',
    },
    flavour: oneFlavourOption,
    ...machineOptions,
    buildFailure: {
      flags: '--build-failure <answer>',
      description:
        'treatment of a release or commit on which the module does not compile: skip (125 in `git bisect run`) or bad',
      choices: ['skip', 'bad'],
      initial: 'skip',
    },
    fresh: { flags: '--fresh', description: 'ignore the answers of earlier bisects' },
  },
  load: () => import('../../commands/bisect.js'),
}
