import t from 'tap'
import type { TryResult } from './try-result.js'
import { withRetries } from './retries.js'

type Status = TryResult['status']

/** Tries a test with these outcomes, in turn; returns how many fresh machines it took. */
async function tried(statuses: readonly Status[], retries: number) {
  let machines = 1
  const tries = await withRetries(
    async attempt => ({
      status: statuses[attempt - 1] ?? 'pass',
      problems: [{ kind: 'assertion', message: `try ${attempt}` }],
      findings: [],
      tap: '',
      durationMs: 1,
    }),
    retries,
    async () => void (machines += 1),
  )
  const { attempt, result, flaky } = tries
  return { attempt, status: result.status, first: flaky?.problems[0]?.message, machines }
}

const ends: readonly [string, readonly Status[], number, Awaited<ReturnType<typeof tried>>][] = [
  ['a pass is a pass', ['pass'], 1, { attempt: 1, status: 'pass', first: undefined, machines: 1 }],
  [
    'a failure stands unless it is to be tried again',
    ['fail'],
    0,
    { attempt: 1, status: 'fail', first: undefined, machines: 1 },
  ],
  [
    'a failure that passes is flaky',
    ['fail', 'pass'],
    1,
    { attempt: 2, status: 'pass', first: 'try 1', machines: 2 },
  ],
  [
    'a failure that fails again has failed',
    ['fail', 'fail'],
    1,
    { attempt: 2, status: 'fail', first: undefined, machines: 2 },
  ],
  [
    'as often as was asked for',
    ['fail', 'fail', 'pass'],
    2,
    { attempt: 3, status: 'pass', first: 'try 1', machines: 3 },
  ],
  [
    'an error is tried once more without being asked',
    ['error', 'pass'],
    0,
    { attempt: 2, status: 'pass', first: undefined, machines: 2 },
  ],
  [
    'two errors are an error',
    ['error', 'error', 'pass'],
    0,
    { attempt: 2, status: 'error', first: undefined, machines: 2 },
  ],
  [
    'a failure after which machines were lost has failed',
    ['fail', 'error', 'error'],
    1,
    { attempt: 3, status: 'fail', first: undefined, machines: 3 },
  ],
  [
    'a failure that is skipped when it is tried again has failed',
    ['fail', 'skip'],
    1,
    { attempt: 2, status: 'fail', first: undefined, machines: 2 },
  ],
  [
    'an error, a failure and a pass are flaky',
    ['error', 'fail', 'pass'],
    1,
    { attempt: 3, status: 'pass', first: 'try 2', machines: 3 },
  ],
]

for (const [name, statuses, retries, expected] of ends) {
  t.test(name, async t => {
    t.strictSame(await tried(statuses, retries), expected)
  })
}

t.test('what the kernel said of a machine that was lost is not dropped with it', async t => {
  const lost = (more: Partial<TryResult>): TryResult => ({
    status: 'error',
    problems: [],
    findings: [{ kind: 'rcu-stall' } as TryResult['findings'][number]],
    tap: '',
    durationMs: 1,
    ...more,
  })
  const passed = lost({ status: 'pass', findings: [] })
  const ofTries = (first: TryResult) =>
    withRetries(
      async attempt => (attempt === 1 ? first : passed),
      0,
      async () => undefined,
    )
  t.match(await ofTries(lost({})), { result: { status: 'pass' }, flaky: { status: 'error' } })
  t.equal((await ofTries(lost({ cause: 'stopped' }))).flaky, undefined)
  t.equal((await ofTries(lost({ findings: [] }))).flaky, undefined)
})
