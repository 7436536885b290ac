import type { Terminal } from '../platform/terminal/terminal.js'
import type { Project } from '../project/project.js'

/** A command as the user called it. */
export interface Invocation<Options> {
  readonly args: readonly string[]
  readonly options: Options
  readonly terminal: Terminal
  /** The project of the working directory. @throws ModproveError `NO_PROJECT`, `CONFIGURATION` */
  readonly project: () => Promise<Project>
  /** Aborted by the first Ctrl+C, SIGTERM or SIGHUP. */
  readonly signal: AbortSignal
}
