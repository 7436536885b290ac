import t from 'tap'
import { changedSince } from './changed-since.js'

const now = { suites: 's2', setup: 'c2' }
const content = { module: 'm', suites: 's1', setup: 'c1' }

void t.test('a replay says what has changed, and which of the two it runs', async t => {
  t.strictSame(changedSince({ content, commit: null }, now), [
    'The suites have changed since then. This runs those of today.',
    'The configuration has changed since then. This runs that of today.',
  ])
  const [suites] = changedSince({ content, commit: 'abc123' }, now)
  t.match(suites, /then \(the run was at abc123, or near it\)\. This runs those of today\.$/)
})

void t.test('what is the same, or was not recorded, is not mentioned', async t => {
  t.strictSame(changedSince({ content: { ...content, ...now }, commit: null }, now), [])
  const { setup, ...older } = content
  t.equal(setup, 'c1')
  t.equal(changedSince({ content: older, commit: null }, now).length, 1)
})
