import type { FailedTry } from '../contract/events.js'
import { endOf, problemsOf, type TryResult } from './try-result.js'

/**
 * A test that ended in an error of the harness or machine is retried once, even without retries.
 */
const TRIES_OF_AN_ERROR = 2

export interface LastTry {
  /** Number of the last try, from 1. */
  readonly attempt: number
  readonly result: TryResult
  /** The first failed try of a test that passed later. */
  readonly flaky?: FailedTry
}

/**
 * Runs a test, or a suite's end, until it has a verdict, each time on a fresh machine. Called by
 * JobMachine.withRetries.
 *
 * @param run one try; its number, from 1
 * @param retries how often a failure is retried
 * @param fresh called before each retry, with the reason; provides a fresh machine
 * @param isHopeless after an error: whether another try would end alike
 * @returns the last try, with an earlier one that failed or had a finding; or the failed one if the
 * last did not pass: a failure is never replaced by an error
 */
export async function withRetries(
  run: (attempt: number) => Promise<TryResult>,
  retries: number,
  fresh: (why: string) => Promise<void>,
  isHopeless: () => boolean = () => false,
): Promise<LastTry> {
  let failed: TryResult | undefined
  let [errors, failures] = [0, 0]
  for (let attempt = 1; ; attempt += 1) {
    const result = await run(attempt)
    const status = endOf(result)
    if (status === 'error') errors += 1
    if (status === 'fail') failures += 1
    const again =
      (status === 'error' && errors < TRIES_OF_AN_ERROR && !isHopeless()) ||
      (status === 'fail' && failures <= retries)
    if (!again) {
      if (failed === undefined || status === 'fail') return { attempt, result }
      if (status !== 'pass') return { attempt, result: failed }
      return { attempt, result, flaky: failedTry(failed) }
    }
    if (status === 'fail' || hasFinding(result)) failed ??= result
    await fresh(result.problems[0]?.message ?? result.cause ?? '')
  }
}

/**
 * An error of the machine with a finding, which a later pass does not undo; a stop explains itself.
 */
const hasFinding = ({ status, cause, findings }: TryResult): boolean =>
  status === 'error' && cause !== 'stopped' && findings.some(({ allowed }) => allowed === undefined)

function failedTry(result: TryResult): FailedTry {
  const { status, cause, findings } = result
  return {
    status: status === 'error' ? 'error' : 'fail',
    problems: problemsOf(result),
    findings,
    ...(cause === undefined ? {} : { cause }),
  }
}
