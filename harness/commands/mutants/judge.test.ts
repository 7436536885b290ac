import t from 'tap'
import type { FindingReport, RunEvent } from '../../contract/events.js'
import { SUITE_END } from '../../contract/test-names.js'
import { judge } from './judge.js'
import type { Mutant } from './mutant.js'
import { comparePromises, promisesOf } from '../../platform/names/promise-ids.js'

const mutant: Mutant = {
  name: '01-x',
  module: 'module',
  file: '/m/01-x.patch',
  breaks: '',
  catcher: /^R1 one/,
  findings: [],
  flavour: 'plain',
  suites: ['ring'],
  hunks: [{ file: 'ring.c', number: 1, before: 10, first: 10, last: 14 }],
}
const finding = (kind: string, more: Partial<FindingReport> = {}): FindingReport => ({
  kind,
  title: kind,
  trace: [],
  text: '',
  ...more,
})
const failed = (
  test: string,
  ...findings: FindingReport[]
): Extract<RunEvent, { type: 'test-end' }> => ({
  type: 'test-end',
  job: 'j',
  test,
  status: 'fail',
  attempt: 1,
  durationMs: 1,
  problems: [],
  findings,
})
const by = (test: string, findings: FindingReport[] = [], named: readonly string[] = []): string =>
  judge({ ...mutant, findings: named }, failed(test, ...findings), new Set(['R1'])).by

t.test('the named test is the catcher, whatever made it fail', async t => {
  t.equal(by('R1 one thing'), 'catcher')
  t.equal(by('R1 one thing', [finding('oops')]), 'catcher')
})

t.test('a named finding must occur in the named test or at the suite’s end', async t => {
  const leak = [finding('kmemleak')]
  t.equal(by('R1 one thing', leak, ['kasan', 'kmemleak']), 'catcher')
  t.equal(by(SUITE_END, leak, ['kmemleak']), 'catcher')
  t.equal(by('R1 one thing', [finding('oops')], ['kmemleak']), 'better')
  t.equal(by('R2 another', leak, ['kmemleak']), 'unrelated')
  t.equal(by('R1 one thing', [finding('kmemleak', { allowed: 'known' })], ['kmemleak']), 'better')
})

t.test('a test of the same promise, or a finding in the changed lines, is as good', async t => {
  t.equal(by('R1 another thing'), 'better')
  t.equal(by('R2, R1 both'), 'better')
  t.equal(by('R2 another'), 'unrelated')
  const at = (line: number, file = 'module/ring.c') => ({ location: { file, line } })
  t.equal(by('R2 another', [finding('oops', at(14))]), 'better')
  t.equal(by('R2 another', [finding('oops', at(15))]), 'unrelated')
  t.equal(by('R2 another', [finding('oops', at(14, 'mm/ring.c'))]), 'unrelated')
  const trace = [
    { function: 'memcpy', offset: 1, size: 2 },
    { function: 'ring', offset: 1, size: 2, location: { file: 'module/ring.c', line: 10 } },
  ]
  t.equal(by('R2 another', [finding('kasan', { trace })]), 'better')
})

t.test("a test's name begins with its promises", async t => {
  t.strictSame(promisesOf('C4 a thing of C5'), ['C4'])
  t.strictSame(promisesOf('C13 C65 a thing'), ['C13', 'C65'])
  t.strictSame(promisesOf('C13, C65 and C71 a thing'), ['C13', 'C65', 'C71'])
  t.strictSame(promisesOf('Cats and dogs'), [])
  t.strictSame(['S1', 'C13', 'C4'].sort(comparePromises), ['C4', 'C13', 'S1'])
})
