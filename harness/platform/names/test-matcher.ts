import { usageError } from '../errors.js'
import { promisesOf } from './promise-ids.js'

const PROMISE = /^[A-Z]\d+$/

/**
 * Selects tests by a promise (`C26`) or by a regular expression for their names.
 * @throws ModproveError `BAD_GREP`
 */
export function testMatcher(wanted: string): (test: string) => boolean {
  if (PROMISE.test(wanted)) return test => promisesOf(test).includes(wanted)
  const pattern = patternOf(wanted, 'TEST takes a promise or a regular expression')
  return test => pattern.test(test)
}

/**
 * @param rule what the user should have written, for the error
 * @throws ModproveError `BAD_GREP`
 */
export function patternOf(text: string, rule: string): RegExp {
  try {
    return new RegExp(text)
  } catch (cause) {
    throw usageError('BAD_GREP', `${rule}: ${(cause as Error).message}`, { cause })
  }
}
