import { Command, CommanderError } from 'commander'
import { EXIT } from '../platform/errors.js'
import { packageVersion } from '../platform/files/package-root.js'
import { addCommand } from './command.js'
import { commands } from './options/index.js'
import { isClosedOutput } from './interruption.js'

const program = new Command('modprove')
  .description(
    'Proves Linux kernel modules: builds a kernel, boots it in QEMU, runs suites against the module.',
  )
  .version(packageVersion)
  // Required for options after a command's operands.
  .enablePositionalOptions()
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
  $ modprove run suites/ring.suite.ts --flavour debug
  $ modprove shell                             a root shell beside the loaded module
  $ modprove doctor                            what this host lacks, and how to get it`,
  )

// `modprove --help | head -1` is not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (!isClosedOutput(error)) throw error
})
let exitCode: number = EXIT.passed
for (const command of commands) {
  addCommand(program, command, async (args, options) => {
    // Loaded late, to keep help and usage errors fast.
    const { perform } = await import('./perform.js')
    exitCode = await perform(command, args, options)
  })
}

try {
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof CommanderError)) throw error
  // Commander has printed its message; its own status for usage errors is 1.
  exitCode = error.exitCode === 0 ? EXIT.passed : EXIT.usage
}
process.exitCode = exitCode
