import type { Fault } from '../fault.js'

/** By broken stream, the expected reason. */
const BROKEN = {
  cut: /plan of 3 tests, and 1 came[^]*ended by SIGKILL/,
  plan: /plan of 3 tests, and 2 came/,
  bailout: /bailed out: the device is gone/,
  garbage: /line 4 is not UTF-8 text/,
  deep: /level 0 > level 1 > [^]* > level 49/,
} as const

export const streamsFault: Fault = {
  row: 11,
  name: 'streams',
  fault: 'TAP cut off, plan mismatch, bail out, bytes that are no text, 50-deep nesting',
  expected: 'fail with the reason',
  make: async lab => {
    const ended = await lab.run(['run', 'streams'])
    const failed = Object.fromEntries(Object.keys(BROKEN).map(name => [name, 'fail'] as const))
    lab.expect(ended, { streams: { ...failed, after: 'pass' } })
    for (const [name, reason] of Object.entries(BROKEN)) {
      const { problems = [] } = lab.result(ended, 'streams', name) ?? {}
      const said = problems.map(({ message }) => message).join('\n')
      lab.check(`${name}: the reason`, reason.test(said), said)
    }
    lab.tell(`${Object.keys(BROKEN).length} broken streams failed, each with its reason`)
  },
}

export const ktapFault: Fault = {
  row: 12,
  name: 'ktap',
  fault:
    'KTAP of kselftest: subtests of two spaces, SKIP, XFAIL, no plan; and one of its tests fails',
  expected: 'read right',
  make: async lab => {
    const ended = await lab.run(['run', 'ktap'])
    lab.expect(ended, {
      ktap: {
        kselftest: 'pass',
        'a test of a subtest fails': 'fail',
        'a test is missing': 'fail',
        nested: 'pass',
      },
    })
    const said = (part: string): string =>
      (lab.result(ended, 'ktap', part)?.problems ?? []).map(({ message }) => message).join('; ')
    const failed = said('a test of a subtest')
    lab.check('it is named with its subtest', /pages > many/.test(failed), failed)
    const missing = said('missing')
    lab.check(
      'what is missing is counted',
      /4 tests were counted[^]*, and 3 came/.test(missing),
      missing,
    )
    lab.tell('KTAP of kselftest, and subtests of two spaces without a plan, passed')
    lab.tell(`with a failure: ${failed}; with a test lost: ${missing}`)
  },
}
