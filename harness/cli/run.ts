import { run, type RunRequest } from '../run/run.js'
import { PrettyReporter } from '../report/pretty.js'
import type { Reporter } from '../report/reporter.js'
import { TapReporter } from '../report/tap.js'
import type { CommandSpec } from './command.js'
import {
  acceleratorOption,
  coldOption,
  flavourOption,
  jobsOption,
  kernelOption,
} from './selection.js'

interface RunOptions {
  kernel?: readonly string[]
  flavour?: readonly string[]
  grep?: string
  bail?: boolean
  reporter: 'pretty' | 'tap'
  keep?: boolean
  accel: RunRequest['accelerator']
  jobs?: number
  cold?: boolean
  coverage?: boolean
}

export const runCommand: CommandSpec<RunOptions> = {
  name: 'run',
  args: '[suites...]',
  summary: 'Build what is missing, boot a machine a suite, run the suites, print the verdicts.',
  examples: [
    ['modprove run', 'every suite on 6.1 plain'],
    ['modprove run mmap release', 'two suites, by name; files and globs work too'],
    ['modprove run --kernel 6.1,6.12 --flavour plain,debug', 'four columns'],
    ['modprove run mmap --grep C26 --keep', 'one test; the machine stays up for a look'],
    ['modprove run --flavour debug --coverage', 'what of the module no test reaches'],
    ['modprove run --reporter tap | tap-parser', 'TAP 14 on standard output'],
  ],
  options: {
    kernel: kernelOption,
    flavour: flavourOption,
    grep: { flags: '--grep <regexp>', description: 'only tests whose name matches' },
    bail: {
      flags: '--bail',
      description: 'once a test has not passed, end its suite and begin no other',
    },
    reporter: {
      flags: '--reporter <name>',
      description: 'how verdicts are printed',
      choices: ['pretty', 'tap'],
      initial: 'pretty',
    },
    keep: {
      flags: '--keep',
      description: 'leave the machine of the first failed suite, else of the last, up until Ctrl+C',
    },
    accel: acceleratorOption,
    jobs: jobsOption,
    cold: coldOption,
    coverage: {
      flags: '--coverage',
      description: 'tell which lines and branches of the module ran; lcov and HTML in the record',
    },
  },
  async run({ args, options, terminal, signal }) {
    const write = (text: string): void => terminal.print(process.stdout, text)
    const reporter: Reporter =
      options.reporter === 'tap' ? new TapReporter(write) : new PrettyReporter(write)
    const result = await run(
      {
        suites: args,
        kernels: options.kernel ?? ['6.1'],
        flavours: options.flavour ?? ['plain'],
        accelerator: options.accel,
        bail: options.bail ?? false,
        keep: options.keep ?? false,
        cold: options.cold ?? false,
        coverage: options.coverage ?? false,
        ...(options.grep === undefined ? {} : { grep: options.grep }),
        ...(options.jobs === undefined ? {} : { slots: options.jobs }),
      },
      { signal, progress: terminal, report: event => reporter.take(event) },
    )
    return result.exitCode
  },
}
