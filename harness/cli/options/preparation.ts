import type { CommandSpec } from '../command.js'
import { compilerOption, flavourOption, kernelOption, qemuOption } from '../selection.js'
import type { BuildOptions } from '../../commands/build.js'
import type { CheckOptions } from '../../commands/check.js'
import type { CleanOptions } from '../../commands/clean.js'
import type { DoctorOptions } from '../../commands/doctor.js'
import type { InitOptions } from '../../commands/init.js'
import type { KernelsOptions } from '../../commands/kernels.js'

export const initCommand: CommandSpec<InitOptions> = {
  name: 'init',
  summary: "Make a module's repository a project: configuration, a first suite, a workflow.",
  examples: [
    ['modprove init', 'in the root of the repository; files that exist are kept'],
    ['modprove init --no-workflow', "without GitHub's workflow"],
  ],
  options: {
    workflow: { flags: '--no-workflow', description: 'write no workflow for GitHub' },
  },
  load: () => import('../../commands/init.js'),
}

export const buildCommand: CommandSpec<BuildOptions> = {
  name: 'build',
  summary: 'Build kernels, the module and the guest image; run nothing.',
  examples: [
    ['modprove build', 'what `modprove run` needs'],
    [
      'modprove build --kernel 6.1,7.3 --flavour plain,debug',
      'four kernels, and the module on each',
    ],
    ['modprove build --print-key --flavour all', 'for the cache of a CI'],
  ],
  outlivesReader: true,
  options: {
    kernel: kernelOption,
    compiler: compilerOption,
    flavour: flavourOption,
    printKey: {
      flags: '--print-key',
      description: "only print the kernels' cache keys, which cover all inputs",
    },
  },
  load: () => import('../../commands/build.js'),
}

export const checkCommand: CommandSpec<CheckOptions> = {
  name: 'check',
  summary: "Read the module's sources with W=1, sparse and checkpatch; build it, and run nothing.",
  examples: [
    ['modprove check', 'on 6.1 plain; exit status 1 when there is a finding'],
    ['modprove check --kernel 6.1,7.3,distro:trixie', 'what several kernels find is told once'],
    ['modprove check --compiler gcc-12,clang-16', 'warnings of two compilers'],
  ],
  outlivesReader: true,
  options: { kernel: kernelOption, compiler: compilerOption, flavour: flavourOption },
  load: () => import('../../commands/check.js'),
}

export const doctorCommand: CommandSpec<DoctorOptions> = {
  name: 'doctor',
  summary:
    'Check tools, disk, memory and KVM, boot a machine, and name the remedy for what is missing.',
  examples: [
    ['modprove doctor', 'exit status 3 when something is missing'],
    ['modprove doctor --qemu /opt/qemu/bin/qemu-system-x86_64', 'whether machines run with it'],
    ['modprove doctor --kvm', 'what a report on KVM needs; exit status 3 where it runs no guests'],
  ],
  outlivesReader: true,
  options: {
    qemu: qemuOption,
    kvm: { flags: '--kvm', description: 'report what decides how KVM works; it must run guests' },
  },
  load: () => import('../../commands/doctor.js'),
}

export const kernelsCommand: CommandSpec<KernelsOptions> = {
  name: 'kernels',
  summary: 'List the catalogue of kernels, what the archive has of each, and what is built.',
  examples: [
    ['modprove kernels', 'from the cached indexes, updated once a day'],
    ['modprove kernels --refresh', 'ask the archive now'],
    ['modprove kernels --all', 'older point releases too: the range of a bisect'],
  ],
  outlivesReader: true,
  options: {
    refresh: { flags: '--refresh', description: "ask Debian's archive for its indexes now" },
    all: { flags: '--all', description: 'also the releases of Debian that hold older versions' },
  },
  load: () => import('../../commands/kernels.js'),
}

export const cleanCommand: CommandSpec<CleanOptions> = {
  name: 'clean',
  summary: 'Delete the cache of kernels, modules, images and downloads.',
  examples: [
    ['modprove clean', 'the cache; the next run builds its kernel again'],
    ['modprove clean --records', 'the records of past runs as well'],
    ['modprove clean --dry-run', 'only list what would be deleted, and its size'],
  ],
  outlivesReader: true,
  options: {
    records: { flags: '--records', description: 'delete the records of past runs as well' },
    dryRun: { flags: '--dry-run', description: 'list what would be deleted, and delete nothing' },
  },
  load: () => import('../../commands/clean.js'),
}
