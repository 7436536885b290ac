import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import type { RunEvent } from '../../contract/events.js'
import { madeUpRun } from '../../record/made-up-run.fixture.js'
import { syntheticRun } from '../../record/synthetic.fixture.js'
import { viewOf } from '../../record/view.js'
import { HOSTILE, hostileRun, LONG } from '../hostile.fixture.js'
import { junit } from './junit.js'

const schema = fileURLToPath(new URL('testdata/junit.xsd', import.meta.url))

const reported = (events: Iterable<RunEvent>): string => [...junit(viewOf(events))].join('')

/** The errors that xmllint finds; empty if none. */
function mistakes(xml: string): string {
  const { error, status, stderr } = spawnSync('xmllint', ['--noout', '--schema', schema, '-'], {
    input: xml,
    encoding: 'utf8',
  })
  if (error !== undefined) throw error
  return status === 0 ? '' : stderr
}

t.test('it holds to the schema, whatever a run came to and its texts hold', async t => {
  t.equal(mistakes(reported(syntheticRun({ kernels: [1, 2], suites: 3, tests: 40 }))), '')
  t.equal(mistakes(reported(hostileRun(HOSTILE))), '')
  t.equal(mistakes(reported(hostileRun(LONG))), '')
  t.equal(mistakes(reported(syntheticRun({ kernels: [1], suites: 1, tests: 1 }))), '')
})

t.test('the schema would not hold what it should not', async t => {
  const xml = reported(hostileRun('x'))
  t.match(mistakes(xml.replace('<failure', '<broken')), /broken/)
  t.match(mistakes(xml.replace(/time="[\d.]+"/, 'time="soon"')), /soon/)
  t.match(mistakes(xml.replace('</testcase>', '<skipped message=""/></testcase>')), /skipped/)
})

t.test(
  'what ended in error is no failure; what was not run is neither, and no such run is green',
  async t => {
    const ends = { a: 'pass', b: 'fail', c: 'skip', d: 'error', e: 'miss', f: 'flaky' } as const
    const xml = reported(madeUpRun({ '6.1 plain': { ring: ends } }))
    t.match(
      xml,
      /<testsuite name="6\.1\.9-plain\/ring" tests="6" failures="1" errors="1" skipped="2"/,
    )
    const inside = (test: string) =>
      new RegExp(`name="${test}"[^>]*>(.*)</testcase>`).exec(xml)?.[1]
    t.match(inside('b'), /^<failure /)
    t.match(inside('d'), /^<error /)
    t.equal(inside('e'), '<skipped message="not run"/>')
    t.match(xml, /<testsuites name="modprove" tests="7" failures="1" errors="2"/)
    t.match(
      xml,
      /<error type="not-run" message="1 test was not run">1 test of ring: no reason recorded</,
    )
    t.equal(mistakes(xml), '')
    t.match(inside('f'), /^<flakyFailure type="fail" message="at first"/)
    t.match(xml, /<testcase name="a"[^>]*\/>/)
  },
)

t.test('a kernel that could not be built is a suite that failed, in place of its own', async t => {
  const xml = reported(hostileRun('it does not compile'))
  t.match(xml, /<testsuite name="7\.3\.4-debug\/build" tests="1" failures="1" errors="0"/)
  t.notMatch(xml, /<testsuite name="7\.3\.4-debug\/ring"/)
})
