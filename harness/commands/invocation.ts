import type { Terminal } from '../platform/terminal.js'

/** A command as a person called it. */
export interface Invocation<Options> {
  readonly args: readonly string[]
  readonly options: Options
  readonly terminal: Terminal
  /** Aborted by the first Ctrl+C, SIGTERM or SIGHUP. */
  readonly signal: AbortSignal
}
