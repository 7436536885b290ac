import { SyscallError } from '../errors.js'

/** What `failNth` did. */
export interface FailNthOutcome<Result> {
  /** Whether the call reached its n-th point of failure. It may have succeeded nevertheless. */
  readonly injected: boolean
  /** What was left of n. */
  readonly failuresLeft: number
  readonly result?: Result
  readonly error?: SyscallError
}

/** The one system call whose n-th point of failure is to fail. */
export class ArmedCall {
  readonly n: number
  /** What is left of n; undefined before the call. */
  failuresLeft: number | undefined

  constructor(n: number) {
    this.n = n
  }

  /** @throws RangeError when there was a call already */
  begin(what: string): void {
    if (this.failuresLeft !== undefined) {
      throw new RangeError(`failNth: ${what} is a second call; only one can be armed`)
    }
    this.failuresLeft = this.n
  }

  /** @throws RangeError when `work` made no call; what `work` throws that is no SyscallError */
  async outcomeOf<Result>(work: Promise<Result>): Promise<FailNthOutcome<Result>> {
    const outcome = await work.then(
      result => ({ result }),
      (error: unknown) => {
        if (error instanceof SyscallError) return { error }
        throw error
      },
    )
    const { failuresLeft } = this
    if (failuresLeft === undefined) {
      throw new RangeError('failNth: no call was made with the armed process')
    }
    return { injected: failuresLeft === 0, failuresLeft, ...outcome }
  }
}
