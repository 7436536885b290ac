import { harnessError, type ModproveError } from '../errors.js'
import { ProcessOutput } from './script.js'

/** Of the shell, for a command that it does not find. */
const NOT_FOUND = 127

/** Wraps the end of a command that is not on this host; undefined for other errors. */
export function programMissing(error: unknown): ModproveError | undefined {
  if (!(error instanceof ProcessOutput) || error.exitCode !== NOT_FOUND) return undefined
  return harnessError('PROGRAM_MISSING', 'A program that is needed is not in PATH', {
    detail: error.stderr.trim(),
    remedy: 'Install it, or add its folder to PATH; modprove doctor names what else is missing',
    cause: error,
  })
}
