import { InvalidArgumentError } from 'commander'
import type { MachineOptions } from '../commands/invocation.js'
import type { SelectionOptions } from '../commands/run/new-request.js'
import type { ShardNumber } from '../plan/request.js'
import type { CommandSpec, OptionSpec } from './command.js'

/** `--kernel 6.1,6.12 --kernel 7.3` → three kernels. */
export const collect = (
  value: string,
  earlier: readonly string[] | undefined,
): readonly string[] => {
  const words = value.split(',').filter(word => word !== '')
  if (words.length === 0) throw new InvalidArgumentError('It should name at least one.')
  return [...(earlier ?? []), ...words]
}

/** Parses a whole number from 1. */
export const positive = (value: string): number => {
  if (!/^[1-9]\d*$/.test(value))
    throw new InvalidArgumentError('It should be a whole number from 1.')
  return Number(value)
}

export const kernelOption: OptionSpec<readonly string[]> = {
  flags: '--kernel <kernel>',
  description:
    'series (6.1) or releases (6.12.107, 7.3-rc7), ranges of them (6.1..7.3), all, newest, path:FOLDER, kernel.org:RELEASE, distro:NAME, built:FOLDER; separated by commas (default: what the configuration says, else 6.1)',
  parse: collect,
}

export const compilerOption: OptionSpec<readonly string[]> = {
  flags: '--compiler <name>',
  description:
    "compilers of kernel and modules, separated by commas: gcc-12, clang-16, as Debian's packages are named (default: gcc)",
  parse: (value, earlier) => {
    const names = collect(value, earlier)
    if (!names.every(name => /^(gcc|clang)-\d+$/.test(name)))
      throw new InvalidArgumentError('It should be gcc-N or clang-N, such as clang-16.')
    return names
  },
}

export const oneKernelOption: OptionSpec<string> = {
  flags: '--kernel <kernel>',
  description:
    'a series, a release, newest, path:FOLDER, kernel.org:RELEASE, distro:NAME or built:FOLDER (default: the first of the configuration, else 6.1)',
}

export const oneFlavourOption: OptionSpec<string> = {
  flags: '--flavour <name>',
  description: 'plain, debug, … (default: the first of the configuration, else plain)',
}

export const flavourOption: OptionSpec<readonly string[]> = {
  flags: '--flavour <name>',
  description:
    'flavours, separated by commas, or all (default: what the configuration says, else plain)',
  parse: collect,
}

export const qemuOption: OptionSpec<string> = {
  flags: '--qemu <path>',
  description: "QEMU's program (default: MODPROVE_QEMU, else the one in PATH)",
}

export const machineOptions: CommandSpec<MachineOptions>['options'] = {
  accel: {
    flags: '--accel <which>',
    description: 'auto proves KVM with a real guest before it is used',
    choices: ['auto', 'kvm', 'tcg'],
    initial: 'auto',
  },
  qemu: qemuOption,
}

export const jobsOption: OptionSpec<number> = {
  flags: '--jobs <n>',
  description: 'machines at work side by side (default: one a core)',
  parse: positive,
}

export const coldOption: OptionSpec<boolean> = {
  flags: '--cold',
  description: 'boot each machine afresh instead of restoring it from a template',
}

export const retriesOption: OptionSpec<number> = {
  flags: '--retries <n>',
  description:
    'try a test that failed again so often, on a fresh machine; one that passes then is flaky',
  parse: value => {
    if (!/^\d$/.test(value)) throw new InvalidArgumentError('It should be a number from 0 to 9.')
    return Number(value)
  },
}

export const timeoutOption: OptionSpec<number> = {
  flags: '--timeout <seconds>',
  description:
    'longest that a test may take (default: what it declares, else 30 s, ten times that on emulation; less where the history knows it to be quick)',
  parse: positive,
}

export const baselineOption: OptionSpec<string> = {
  flags: '--baseline <run>',
  description: "compare with this run too: a record's folder, or its name",
}

/** What is run: for `run` and for `plan`. */
export const selectionOptions: CommandSpec<SelectionOptions>['options'] = {
  kernel: kernelOption,
  compiler: compilerOption,
  flavour: flavourOption,
  grep: { flags: '--grep <regexp>', description: 'only tests whose name matches' },
  bail: {
    flags: '--bail',
    description: 'once a test has not passed, end its suite and all others at once',
  },
  buildOnly: {
    flags: '--build-only',
    description: 'start no machine: build the modules, and skip what needs one',
  },
  cold: coldOption,
  coverage: {
    flags: '--coverage',
    description: 'report which lines and branches of the module ran; lcov and HTML in the record',
  },
  retries: retriesOption,
  timeout: timeoutOption,
}

export const shardOption: OptionSpec<ShardNumber> = {
  flags: '--shard <i/n>',
  description:
    'only the jobs of the i-th of n shards, which have about as many each; merge joins their records',
  parse: word => {
    const [, number, of] = /^([1-9]\d*)\/([1-9]\d*)$/.exec(word)?.map(Number) ?? []
    if (number === undefined || of === undefined || number > of)
      throw new InvalidArgumentError('It should be such as 2/3, the second of three.')
    return { number, of }
  },
}
