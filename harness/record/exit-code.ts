import type { Counts } from '../contract/events.js'
import { EXIT, type ExitCode } from '../platform/errors.js'

/** Exit status of what was not interrupted: failed tests count before lost ones. */
export function exitCodeOf({
  fail,
  error,
  miss,
}: Pick<Counts, 'fail' | 'error' | 'miss'>): ExitCode {
  if (fail > 0) return EXIT.failed
  return error + miss > 0 ? EXIT.harness : EXIT.passed
}
