import { join } from 'node:path'
import { InvalidArgumentError } from 'commander'
import { EXIT } from '../errors.js'
import { cacheFolder, checkoutRoot, privateFolder, writeWhole } from '../paths.js'
import { runName } from '../record/record.js'
import { PrettyReporter } from '../report/pretty.js'
import { soakLine, soakTable } from '../report/soak.js'
import { run } from '../run/run.js'
import { soak } from '../soak/soak.js'
import type { CommandSpec } from './command.js'
import {
  acceleratorOption,
  coldOption,
  flavourOption,
  jobsOption,
  kernelOption,
} from './selection.js'

interface SoakOptions {
  runs: number
  kernel?: readonly string[]
  flavour?: readonly string[]
  accel: 'auto' | 'kvm' | 'tcg'
  cold?: boolean
  jobs?: number
}

const RUNS = 200

export const soakCommand: CommandSpec<SoakOptions> = {
  name: 'soak',
  args: '[suites...]',
  summary:
    'Run the suites again and again: none may be red, and files, processes, descriptors and memory may not grow.',
  examples: [
    ['modprove soak', `${RUNS} runs of every suite on 6.1 plain and debug; ends at the first red`],
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
      parse: value => {
        if (!/^[1-9]\d*$/.test(value))
          throw new InvalidArgumentError('It should be a whole number from 1.')
        return Number(value)
      },
    },
    kernel: kernelOption,
    flavour: { ...flavourOption, description: 'as in run (default: plain,debug)' },
    accel: acceleratorOption,
    cold: coldOption,
    jobs: jobsOption,
  },
  async run({ args, options, terminal, signal }) {
    const write = (text: string): void => terminal.print(process.stdout, text)
    await using folder = await privateFolder({ TMPDIR: '/tmp' })
    const temporary = folder.path
    // What is left there is this soak's.
    process.env['TMPDIR'] = temporary
    delete process.env['XDG_RUNTIME_DIR']
    const result = await soak({
      runs: options.runs,
      places: { temporary, cache: cacheFolder() },
      signal,
      run: async () => {
        let told = ''
        const reporter = new PrettyReporter(text => (told += text))
        const ended = await run(
          {
            suites: args,
            kernels: options.kernel ?? ['6.1'],
            flavours: options.flavour ?? ['plain', 'debug'],
            accelerator: options.accel,
            bail: false,
            keep: false,
            cold: options.cold ?? false,
            coverage: false,
            ...(options.jobs === undefined ? {} : { slots: options.jobs }),
          },
          { signal, progress: terminal, report: event => reporter.take(event) },
        )
        if (ended.exitCode !== EXIT.passed) write(told)
        return ended
      },
      report: (number, took) => write(soakLine(number, options.runs, took)),
    })
    const file = join(checkoutRoot, '.modprove/soak', `${runName(new Date())}.json`)
    await writeWhole(file, `${JSON.stringify(result, undefined, 2)}\n`)
    write(`\n${soakTable(result.trends)}`)
    write(`${result.runs.length} of ${options.runs} runs; figures: ${file}\n`)
    if (signal.aborted) return EXIT.interrupted
    if (result.red !== undefined) {
      write(`red: ${result.red}\n`)
      return result.runs.at(-1)?.exitCode ?? EXIT.failed
    }
    return result.trends.some(({ grows }) => grows !== undefined) ? EXIT.harness : EXIT.passed
  },
}
