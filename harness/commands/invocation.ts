import type { AcceleratorRequest } from '../contract/accelerator.js'
import type { Terminal } from '../platform/terminal/terminal.js'
import type { Project } from '../project/project.js'

/** A command as the user called it. */
export interface Invocation<Options> {
  readonly args: readonly string[]
  readonly options: Options
  readonly terminal: Terminal
  /**
   * The project of a folder; default: the working directory.
   * @throws ModproveError `NO_PROJECT`, `CONFIGURATION`
   */
  readonly project: (folder?: string) => Promise<Project>
  /** Aborted by the first Ctrl+C, SIGTERM or SIGHUP. */
  readonly signal: AbortSignal
}

/** Options of a command that starts machines. */
export interface MachineOptions extends QemuOptions {
  accel: AcceleratorRequest
}

export interface QemuOptions {
  /** QEMU's program, in place of the one in PATH; in use before the command begins. */
  qemu?: string
}
