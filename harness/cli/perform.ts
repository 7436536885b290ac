import { chooseColours } from '../platform/terminal/colours.js'
import { ModproveError } from '../platform/errors.js'
import { raiseListenerLimit } from '../platform/waiting/listener-limit.js'
import type { CommandSpec } from './command.js'
import { interruption } from './interruption.js'
import type { QemuOptions } from '../commands/invocation.js'
import { reportError } from '../commands/report-error.js'
import { Terminal } from '../platform/terminal/terminal.js'
import { readProject, type Project } from '../project/project.js'
import { useQemu } from '../vm/qemu-version.js'

interface KernelOption {
  readonly kernel?: string | readonly string[]
}

/**
 * Runs a command with the QEMU that it names, and reports its error.
 * @returns the exit status
 */
export async function perform(
  command: CommandSpec<object>,
  args: readonly string[],
  options: QemuOptions & KernelOption,
): Promise<number> {
  chooseColours()
  raiseListenerLimit()
  const terminal = new Terminal(process.stderr)
  const signal = interruption(terminal, command)
  try {
    if (options.qemu !== undefined) await useQemu(options.qemu)
    const implementation = await command.load()
    const kernels = options.kernel === undefined ? undefined : [options.kernel].flat()
    const project = (from = process.cwd()): Promise<Project> => readProject(from, kernels)
    return await implementation.execute({ args, options, terminal, signal, project })
  } catch (error) {
    terminal.stop()
    if (error instanceof ModproveError && process.env['MODPROVE_DEBUG']) console.error(error)
    // Errors of work killed by the interruption are not of interest.
    return reportError(signal.aborted && !(error instanceof ModproveError) ? signal.reason : error)
  } finally {
    terminal.stop()
  }
}
