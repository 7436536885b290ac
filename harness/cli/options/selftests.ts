import { InvalidArgumentError } from 'commander'
import type { CommandSpec } from '../command.js'
import {
  collect,
  coldOption,
  flavourOption,
  jobsOption,
  kernelOption,
  machineOptions,
  oneKernelOption,
  positive,
  qemuOption,
} from '../selection.js'
import { onlyInClone } from '../only-in-clone.js'
import type { BenchOptions } from '../../commands/bench.js'
import { rowNames } from '../../commands/bench/row-names.js'
import type { ChaosOptions } from '../../commands/selftest/chaos.js'
import type { GalleryOptions } from '../../commands/selftest/gallery.js'
import type { HostsOptions } from '../../commands/selftest/hosts.js'
import type { FuzzOptions } from '../../commands/selftest/fuzz.js'
import type { SoakOptions } from '../../commands/soak.js'

const whole = (word: string): number => {
  if (!/^\d{1,9}$/.test(word)) throw new InvalidArgumentError('It should be a whole number.')
  return Number(word)
}

export const benchCommand: CommandSpec<BenchOptions> = {
  name: 'bench',
  args: '[rows...]',
  summary: `Measure how quick the harness is: ${rowNames.join(', ')}. Keep the host otherwise idle.`,
  examples: [
    ['modprove bench', 'the whole table, kept as JSON; kernel and matrix take minutes'],
    ['modprove bench plain-boot agent', 'two rows'],
    ['modprove bench --compare before.json after.json', 'medians of two results, side by side'],
  ],
  options: {
    kernel: oneKernelOption,
    ...machineOptions,
    compare: { flags: '--compare', description: 'the arguments are two results; nothing is run' },
  },
  load: () => import('../../commands/bench.js'),
}

export const chaosCommand: CommandSpec<ChaosOptions> = {
  name: 'chaos',
  args: '[faults...]',
  summary: 'Inject faults into machines and the host, and check that no result is lost.',
  examples: [
    ['modprove chaos', 'every fault of the table; the result is kept as a table and as JSON'],
    ['modprove chaos --list', 'all faults'],
    ['modprove chaos --fast', 'those that npm test includes'],
    ['modprove chaos panic 8', 'one by name, and those of a row'],
  ],
  options: {
    kernel: { flags: '--kernel <kernel>', description: 'as in shell', initial: '6.1' },
    qemu: qemuOption,
    seed: {
      flags: '--seed <s>',
      description: 'of faults that strike at random; the same makes the same',
      initial: 1,
      parse: whole,
    },
    fast: { flags: '--fast', description: 'only those that take seconds' },
    list: { flags: '--list', description: 'name the faults and make none' },
  },
  load: () => import('../../commands/selftest/chaos.js').catch(onlyInClone),
}

const RUNS = 200

export const soakCommand: CommandSpec<SoakOptions> = {
  name: 'soak',
  args: '[suites...]',
  summary:
    'Run the suites repeatedly: none may fail, and files, processes, descriptors and memory may not grow.',
  examples: [
    [
      'modprove soak',
      `${RUNS} runs of every suite on 6.1 plain and debug; ends at the first failure`,
    ],
    ['modprove soak --runs 20 --flavour plain', 'fewer, and on one flavour'],
    [
      'modprove soak --runs 20 --flavour plain --cold',
      'the same on machines that boot, none restored',
    ],
  ],
  options: {
    runs: {
      flags: '--runs <n>',
      description: 'how often',
      initial: RUNS,
      parse: positive,
    },
    kernel: kernelOption,
    flavour: {
      ...flavourOption,
      description: 'as in run (default: what the configuration says, else plain,debug)',
    },
    ...machineOptions,
    cold: coldOption,
    jobs: jobsOption,
  },
  load: () => import('../../commands/soak.js'),
}

const CASES = 1_000_000

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
  load: () => import('../../commands/selftest/fuzz.js').catch(onlyInClone),
}

export const galleryCommand: CommandSpec<GalleryOptions> = {
  name: 'gallery',
  args: '[modules...]',
  summary:
    "Prove kernel modules of others, Debian's dkms packages: each on every series, without an edit.",
  examples: [
    [
      'modprove gallery',
      'all of suites/gallery; the result is printed as a table and kept as JSON',
    ],
    ['modprove gallery vpoll --kernel 6.1', 'one module on one kernel'],
  ],
  options: {
    kernel: { ...kernelOption, description: 'as in run (default: all)' },
    ...machineOptions,
  },
  load: () => import('../../commands/selftest/gallery.js').catch(onlyInClone),
}

export const hostsCommand: CommandSpec<HostsOptions> = {
  name: 'hosts',
  args: '[releases...]',
  summary:
    "Run the suites with the QEMU of each release of Debian, unpacked beside the host's: booted, then restored.",
  examples: [
    ['modprove hosts', 'all of them, on 6.1 plain and debug; a table, kept as JSON too'],
    ['modprove hosts trixie sid --kernel all', 'two QEMUs, on every series'],
    ['modprove hosts sid --flavour debug --suite basics', 'one suite'],
  ],
  options: {
    kernel: kernelOption,
    flavour: {
      ...flavourOption,
      description: 'as in run (default: what the configuration says, else plain,debug)',
    },
    suite: { flags: '--suite <name>', description: 'only these suites', parse: collect },
    accel: machineOptions.accel,
  },
  load: () => import('../../commands/selftest/hosts.js').catch(onlyInClone),
}

export const testCommand: CommandSpec<object> = {
  name: 'test',
  summary:
    "Test modprove itself (npm test): the harness's unit tests, every suite on 6.1 in every flavour, and the quick faults of chaos.",
  examples: [['modprove test', 'what CI runs']],
  options: {},
  load: () => import('../../commands/selftest/test.js').catch(onlyInClone),
}
