import { chooseColours } from '../platform/terminal/colours.js'
import { ModproveError } from '../platform/errors.js'
import { raiseListenerLimit } from '../platform/waiting/listener-limit.js'
import type { CommandSpec } from './command.js'
import { interruption } from './interruption.js'
import { reportError } from '../commands/report-error.js'
import { Terminal } from '../platform/terminal/terminal.js'
import { readProject } from '../project/project.js'

/**
 * Runs a command, and reports its error.
 * @returns the exit status
 */
export async function perform(
  command: CommandSpec<object>,
  args: readonly string[],
  options: object,
): Promise<number> {
  chooseColours()
  raiseListenerLimit()
  const terminal = new Terminal(process.stderr)
  const signal = interruption(terminal, command)
  try {
    const implementation = await command.load()
    return await implementation.execute({ args, options, terminal, signal, project: readProject })
  } catch (error) {
    terminal.stop()
    if (error instanceof ModproveError && process.env['MODPROVE_DEBUG']) console.error(error)
    // Errors of work killed by the interruption are not of interest.
    return reportError(signal.aborted && !(error instanceof ModproveError) ? signal.reason : error)
  } finally {
    terminal.stop()
  }
}
