import { allEnd } from '../expected.js'
import type { Fault } from '../fault.js'

/** By broken stream, the expected reason. */
const BROKEN = {
  cut: /ended by SIGKILL[^]*plan of 3 tests, and 1 came/,
  plan: /plan of 3 tests, and 2 came/,
  bailout: /bailed out: the device is gone/,
  garbage: /line 4 is not UTF-8 text/,
  deep: /level 0 > level 1 > [^]* > level 49/,
} as const

export const streamsFault: Fault = {
  row: 11,
  name: 'streams',
  fault: 'TAP cut off, plan mismatch, bail out, no text, 50-deep nesting; 200 commands at once',
  expected: 'the streams fail with the reason; all commands end',
  make: async lab => {
    const ended = await lab.run(['run', 'streams'])
    const sound = ['two hundred commands at once', 'how commands end', 'after']
    const wanted = { ...allEnd(Object.keys(BROKEN), 'fail'), ...allEnd(sound, 'pass') }
    lab.expect(ended, { streams: wanted })
    for (const [name, reason] of Object.entries(BROKEN))
      lab.match(`${name}: the reason`, lab.said(ended, 'streams', name), reason)
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
    const failed = lab.said(ended, 'ktap', 'a test of a subtest')
    lab.match('it is named with its subtest', failed, /pages > many/)
    const missing = lab.said(ended, 'ktap', 'missing')
    lab.match('what is missing is counted', missing, /4 tests were counted[^]*, and 3 came/)
    lab.tell('KTAP of kselftest, and subtests of two spaces without a plan, passed')
    lab.tell(`with a failure: ${failed}; with a test lost: ${missing}`)
  },
}
