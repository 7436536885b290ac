import { SyscallError } from '../errors.js'

/** The result of `failNth`. */
export interface FailNthOutcome<Result> {
  /** Whether the call reached its n-th point of failure; it may have succeeded anyway. */
  readonly injected: boolean
  /** What is left of n. */
  readonly failuresLeft: number
  readonly result?: Result
  readonly error?: SyscallError
}

/** The one system call whose n-th point of failure shall fail. */
export interface ArmedCall {
  readonly n: number
  /** What is left of n; undefined before the call. */
  failuresLeft: number | undefined
}

/** @throws RangeError if `act` makes no call or several; any error of `act` but a SyscallError */
export async function failNth<Result>(
  n: number,
  act: (armed: ArmedCall) => Promise<Result>,
): Promise<FailNthOutcome<Result>> {
  const armed: ArmedCall = { n, failuresLeft: undefined }
  const outcome = await act(armed).then(
    result => ({ result }),
    (error: unknown) => {
      if (error instanceof SyscallError) return { error }
      throw error
    },
  )
  const { failuresLeft } = armed
  if (failuresLeft === undefined) {
    throw new RangeError('failNth: no call was made with the armed process')
  }
  return { injected: failuresLeft === 0, failuresLeft, ...outcome }
}
