import { Command, CommanderError } from 'commander'
import { chooseColours } from '../colours.js'
import { EXIT, ModproveError } from '../errors.js'
import { packageJson } from '../project.js'
import { addCommand, type CommandSpec } from './command.js'
import { reportError } from './report-error.js'
import { manyMayWait } from '../many-may-wait.js'
import { interruption } from './interruption.js'
import { Terminal } from './terminal.js'

const program = new Command('modprove')
  .description(
    'Proves Linux kernel modules: builds a kernel, boots it in QEMU, runs suites against the module.',
  )
  .version(packageJson.version)
  .showHelpAfterError('(modprove --help lists the commands)')
  .exitOverride()
  .addHelpText(
    'after',
    `
Exit status:
  0  all passed            1  a test failed            2  wrong use
  3  the harness or a machine failed                 130  interrupted

Examples:
  $ modprove run                               every suite on the default kernel
  $ modprove run suites/mmap.suite.ts --flavour debug
  $ modprove shell                             a root shell beside the loaded module
  $ modprove doctor                            what this host lacks, and how to get it`,
  )

manyMayWait()
chooseColours()
const terminal = new Terminal(process.stderr)
/** A command is loaded when it is called: what one needs would slow the others down. */
const loaders: Readonly<Record<string, () => Promise<CommandSpec<object>>>> = {
  run: async () => (await import('./run.js')).runCommand,
  replay: async () => (await import('./replay.js')).replayCommand,
  watch: async () => (await import('./watch.js')).watchCommand,
  mutants: async () => (await import('./mutants.js')).mutantsCommand,
  bisect: async () => (await import('./bisect.js')).bisectCommand,
  build: async () => (await import('./build.js')).buildCommand,
  shell: async () => (await import('./shell.js')).shellCommand,
  doctor: async () => (await import('./doctor.js')).doctorCommand,
  kernels: async () => (await import('./kernels.js')).kernelsCommand,
  compare: async () => (await import('./compare.js')).compareCommand,
  nightly: async () => (await import('./nightly.js')).nightlyCommand,
  history: async () => (await import('./history.js')).historyCommand,
  report: async () => (await import('./report.js')).reportCommand,
  merge: async () => (await import('./merge.js')).mergeCommand,
  bench: async () => (await import('./bench.js')).benchCommand,
  chaos: async () => (await import('./chaos.js')).chaosCommand,
  soak: async () => (await import('./soak.js')).soakCommand,
  fuzz: async () => (await import('./fuzz.js')).fuzzCommand,
  clean: async () => (await import('./clean.js')).cleanCommand,
  test: async () => (await import('./test.js')).testCommand,
}
const [, , name = ''] = process.argv
const called = Object.hasOwn(loaders, name) ? loaders[name] : undefined
const commands = await Promise.all((called ? [called] : Object.values(loaders)).map(load => load()))
let exitCode: number = EXIT.passed
let signal: AbortSignal | undefined
for (const command of commands) {
  addCommand(program, command, async (args, options) => {
    signal = interruption(terminal)
    exitCode = await command.run({ args, options, terminal, signal })
  })
}

try {
  await program.parseAsync()
} catch (error) {
  terminal.stop()
  // Commander has printed its message already; its own exit status for wrong use is 1.
  if (error instanceof CommanderError) exitCode = error.exitCode === 0 ? EXIT.passed : EXIT.usage
  // A command that the interruption killed ends in an error of its own, which nobody needs.
  else
    exitCode = reportError(
      signal?.aborted && !(error instanceof ModproveError) ? signal.reason : error,
    )
  if (error instanceof ModproveError && process.env['MODPROVE_DEBUG']) console.error(error)
}
terminal.stop()
process.exitCode = exitCode
