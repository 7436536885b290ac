import type { Problem, ProblemKind } from '../contract/events.js'
import { ModproveError, thrownFirst } from '../platform/errors.js'
import { defined } from '../platform/pick.js'
import { suiteLine } from '../platform/text/suite-line.js'

/**
 * What was thrown as a problem of a test or build: a ModproveError with its code, detail and
 * remedy; any other with the line of the suite that threw it.
 * @param as its kind; default: wrong use where the error says so, else thrown
 */
export function problemOf(thrown: unknown, as?: ProblemKind): Problem {
  const error = thrownFirst(thrown)
  const isUse = error instanceof ModproveError && error.outcome === 'usage'
  const kind = as ?? (isUse ? 'wrong-use' : 'thrown')
  if (!(error instanceof Error)) return { kind, message: `threw ${String(error)}` }
  if (!(error instanceof ModproveError)) {
    const at = suiteLine(error.stack)
    return { kind, message: `${error.name}: ${error.message}`, ...defined({ at }) }
  }
  const { code, message, firstError, at = suiteLine(error.stack) } = error
  const detail = [error.detail, error.remedy].filter(text => text !== undefined).join('\n')
  return { kind, message, code, ...defined({ detail: detail || undefined, firstError, at }) }
}

/** What was thrown, or which use of the guest came, when its test had ended. */
export function problemAfter(test: string, error: unknown): Problem {
  const { message, ...place } = problemOf(error, 'late')
  const detail = 'Was an await forgotten, or t.end() called early?'
  return { detail, ...place, message: `"${test}" had ended: ${message}` }
}
