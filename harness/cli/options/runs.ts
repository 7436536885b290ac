import type { CommandSpec } from '../command.js'
import {
  baselineOption,
  coldOption,
  flavourOption,
  jobsOption,
  kernelOption,
  machineOptions,
  oneFlavourOption,
  oneKernelOption,
  positive,
  retriesOption,
  selectionOptions,
  shardOption,
  timeoutOption,
} from '../selection.js'
import type { NightlyOptions } from '../../commands/nightly.js'
import type { ReplayOptions } from '../../commands/replay-request.js'
import type { RunOptions } from '../../commands/run.js'
import type { ShellOptions } from '../../commands/shell.js'
import type { WatchOptions } from '../../commands/watch.js'

export const runCommand: CommandSpec<RunOptions> = {
  name: 'run',
  args: '[suites...]',
  summary: 'Build what is missing, boot a machine a suite, run the suites, print the verdicts.',
  examples: [
    ['modprove run', 'every suite on 6.1 plain'],
    ['modprove run ring teardown', 'two suites, by name; files and globs work too'],
    ['modprove run --kernel 6.1,6.12 --flavour plain,debug', 'four columns'],
    ['modprove run --compiler gcc-12,clang-16', 'the same kernel and module by two compilers'],
    ['modprove run basics --kernel distro:bookworm/rt --build-only', 'whether the modules build'],
    ['modprove run ring --grep C7 --keep', 'one test; the machine stays up for inspection'],
    ['modprove run --flavour debug --coverage', 'code of the module that no test reaches'],
    [
      'modprove run --kernel all --flavour all --retries 1',
      'the matrix; a failure that passes on retry is flaky',
    ],
    ['modprove run --resume', 'continue the last interrupted run'],
    ['modprove run --reporter tap | tap-parser', 'TAP 14 on standard output'],
  ],
  options: {
    ...selectionOptions,
    reporter: {
      flags: '--reporter <name>',
      description: 'how verdicts are printed (default: what the configuration says, else pretty)',
      choices: ['pretty', 'tap'],
    },
    keep: {
      flags: '--keep',
      description: 'leave the machine of the first failed suite, else of the last, up until Ctrl+C',
    },
    ...machineOptions,
    jobs: jobsOption,
    shard: shardOption,
    on: {
      flags: '--on <engine>',
      description: 'what runs the suites: this host, or a cluster with Slurm',
      choices: ['local', 'slurm'],
      initial: 'local',
    },
    baseline: baselineOption,
    resume: {
      flags: '--resume [run]',
      description:
        'go on with a run that was interrupted (default: the last one of whole suites); other options come from its record',
    },
  },
  load: () => import('../../commands/run.js'),
}

export const replayCommand: CommandSpec<ReplayOptions> = {
  name: 'replay',
  args: '[failure...]',
  summary:
    'Run a test that failed again: the same kernel, module, suite and test. FAILURE is SUITE:C7 (a promise), SUITE:REGEXP, or a folder that a report names.',
  examples: [
    ['modprove replay --last', 'what failed last'],
    ['modprove replay ring:C7', 'the newest failure of a promise'],
    [
      'modprove replay 20261120T020000Z-1a2b3c/jobs/6.1.192-plain/ring/failures/1-c7-…',
      'one of a run',
    ],
    ['modprove replay ring:C7 --whole', 'with the tests before it, in case it depends on them'],
    ['modprove replay --last --keep', 'the machine stays up for inspection'],
  ],
  options: {
    last: { flags: '--last', description: 'the newest failure of all' },
    whole: { flags: '--whole', description: "run all of the suite's tests, as the run did" },
    keep: { flags: '--keep', description: 'leave the machine up until Ctrl+C' },
    retries: { ...retriesOption, description: 'as in run (default: what its run had)' },
    timeout: { ...timeoutOption, description: 'as in run (default: what its run had)' },
    ...machineOptions,
  },
  load: () => import('../../commands/replay.js'),
}

export const watchCommand: CommandSpec<WatchOptions> = {
  name: 'watch',
  args: '[suites...]',
  summary: 'Run the suites, and again what each change in the module or the suites touches.',
  examples: [
    ['modprove watch', 'all suites on 6.1 plain; h shows the keys, q ends it'],
    ['modprove watch ring --flavour debug', 'one suite on the debug kernel'],
  ],
  options: { kernel: oneKernelOption, flavour: oneFlavourOption, ...machineOptions },
  load: () => import('../../commands/watch.js'),
}

export const shellCommand: CommandSpec<ShellOptions> = {
  name: 'shell',
  args: '[command...]',
  takesCommand: true,
  summary: 'A root shell in a machine with the modules loaded, or one command and its status.',
  examples: [
    ['modprove shell', 'look around; exit ends the machine'],
    [
      'modprove shell --flavour debug cat -n /proc/modules',
      'one command with its own options; its status is the exit status',
    ],
    ["modprove shell 'dmesg | tail'", 'one word is a command line for sh'],
  ],
  options: {
    kernel: oneKernelOption,
    flavour: oneFlavourOption,
    ...machineOptions,
    cold: coldOption,
  },
  load: () => import('../../commands/shell.js'),
}

const NIGHTS = 30

export const nightlyCommand: CommandSpec<NightlyOptions> = {
  name: 'nightly',
  summary:
    'Run everything on every kernel: refresh the indexes, run, try again what failed, compare, report.',
  examples: [
    ['modprove nightly', 'all series in all flavours'],
    ['modprove nightly --kernel 6.1,6.12 --flavour plain,debug', 'four columns'],
    ['modprove nightly --baseline 20261101T0200 --nights 90', 'compared with that run, too'],
  ],
  options: {
    kernel: {
      ...kernelOption,
      description: 'as in run (default: what the configuration says, else all)',
    },
    flavour: {
      ...flavourOption,
      description: 'as in run (default: what the configuration says, else all)',
    },
    ...machineOptions,
    jobs: jobsOption,
    shard: shardOption,
    retries: {
      ...retriesOption,
      description: 'retries of a failed test, on a fresh machine (default: 1)',
    },
    baseline: baselineOption,
    faults: {
      flags: '--no-faults',
      description: 'only run the suites: another host runs chaos and fuzz',
    },
    nights: {
      flags: '--nights <n>',
      description: 'number of newest nights whose records are kept',
      initial: NIGHTS,
      parse: positive,
    },
  },
  load: () => import('../../commands/nightly.js'),
}
