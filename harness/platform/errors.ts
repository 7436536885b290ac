import type { SourceLine } from '../contract/events.js'

/** Exit statuses of `modprove`; harness/commands/README.md lists the meanings. */
export const EXIT = { passed: 0, failed: 1, usage: 2, harness: 3, interrupted: 130 } as const
/** How modprove ends: `failed` blames the module or a test, `harness` neither. */
export type Outcome = keyof typeof EXIT
export type ExitCode = (typeof EXIT)[Outcome]

export interface ErrorDetails {
  /** What the user can do next: one or more lines, without a full stop when it is a command. */
  readonly remedy?: string | undefined
  /** Longer evidence, shown under the message: compiler lines, the console's last lines. */
  readonly detail?: string | undefined
  /** Of a compiler: `module/ring.c:12:3: error: …` */
  readonly firstError?: string | undefined
  /** Where to correct it. */
  readonly at?: SourceLine | undefined
  readonly cause?: unknown
}

/** An error that the user can act on: what was seen, what to do next, and the exit status. */
export class ModproveError extends Error {
  override readonly name: string = 'ModproveError'
  /** Stable, for scripts and tests: `UNKNOWN_KERNEL`, `DOWNLOAD_FAILED`, … */
  readonly code: string
  /** How a command ends that cannot go on after it. */
  readonly outcome: Outcome
  readonly exitCode: ExitCode
  readonly remedy: string | undefined
  readonly detail: string | undefined
  readonly firstError: string | undefined
  readonly at: SourceLine | undefined

  constructor(code: string, outcome: Outcome, message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause })
    this.code = code
    this.outcome = outcome
    this.exitCode = EXIT[outcome]
    this.remedy = details.remedy
    this.detail = details.detail
    this.firstError = details.firstError
    this.at = details.at
  }
}

/** Wrong use or configuration: exit 2. */
export const usageError = (code: string, message: string, details?: ErrorDetails): ModproveError =>
  new ModproveError(code, 'usage', message, details)

/** The harness, the host or a machine failed, not the module: exit 3. */
export const harnessError = (
  code: string,
  message: string,
  details?: ErrorDetails,
): ModproveError => new ModproveError(code, 'harness', message, details)

/** The module or a test is at fault: exit 1. */
export const failureError = (
  code: string,
  message: string,
  details?: ErrorDetails,
): ModproveError => new ModproveError(code, 'failed', message, details)

/** What was thrown first: `using` wraps it in a SuppressedError when a disposal fails, too. */
export function thrownFirst(error: unknown): unknown {
  if (!(error instanceof Error && error.name === 'SuppressedError')) return error
  return thrownFirst((error as Error & { readonly suppressed?: unknown }).suppressed)
}
