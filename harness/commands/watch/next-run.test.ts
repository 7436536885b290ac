import { join } from 'node:path'
import t from 'tap'
import type { RunEvent } from '../../contract/events.js'
import { nextRun, shownPaths, type WatchState } from './next-run.js'
import { Outcomes } from './outcomes.js'

const folder = t.testdir({ 'a.suite.ts': '', 'b.suite.ts': '', 'c.suite.ts': '' })
const all = ['a', 'b', 'c'].map(name => ({ name, file: join(folder, `${name}.suite.ts`) }))
const none = { flaky: 0, pass: 0, fail: 0, skip: 0, xfail: 0, error: 0, miss: 0 }

const ended = (name: string, counts: object = { pass: 1 }): RunEvent => ({
  ...{ type: 'job-end', job: `6.1.9-plain/${name}`, durationMs: 1 },
  counts: { ...none, ...counts },
})

async function names(outcomes: Outcomes, state: Partial<WatchState>) {
  const shown = (paths: ReadonlySet<string>) => shownPaths(paths, folder)
  const rest = { shown, wanted: undefined, changed: new Set<string>(), all, latest: [], outcomes }
  const { suites, what } = await nextRun({ ...rest, ...state })
  return { suites: suites.map(({ name }) => name).join(''), what }
}

const changed = (name: string): ReadonlySet<string> => new Set([join(folder, name)])

void t.test('a change that interrupts the first run reruns its unfinished suites', async t => {
  const outcomes = new Outcomes()
  outcomes.begin(all)
  outcomes.take(ended('a'))
  const next = await names(outcomes, { changed: changed('b.suite.ts') })
  t.equal(next.suites, 'bc')
  t.match(next.what, /^what .*b\.suite\.ts touches, and 1 suite that did not end$/)

  outcomes.begin(all.slice(1))
  outcomes.take(ended('b'))
  outcomes.take(ended('c', { fail: 1 }))
  const after = await names(outcomes, { changed: changed('a.suite.ts') })
  t.match(after, { suites: 'a', what: /a\.suite\.ts touches$/ }, 'what failed has ended')
  t.match(await names(outcomes, { wanted: 'failed' }), { suites: 'c', what: 'what failed' })
})

void t.test('a cancelled question resumes what it interrupted', async t => {
  const outcomes = new Outcomes()
  outcomes.begin(all)
  outcomes.take(ended('b'))
  t.strictSame(await names(outcomes, {}), { suites: 'ac', what: '2 suites that did not end' })
  t.match(await names(outcomes, { wanted: 'filter' }), { suites: 'abc', what: 'all suites' })
})

void t.test('if nothing could be built, every suite failed, unless that is expected', async t => {
  const outcomes = new Outcomes()
  const notBuilt = (status: 'fail' | 'xfail'): RunEvent => ({
    ...{ type: 'build-failed', kernel: '6.1', series: '6.1', release: '6.1.9', flavour: 'plain' },
    ...{ status, problem: { kind: 'build', message: 'no' } },
  })
  for (const [status, failed] of [
    ['fail', ['a', 'b']],
    ['xfail', []],
  ] as const) {
    outcomes.begin(all.slice(0, 2))
    outcomes.take(notBuilt(status))
    t.strictSame([...outcomes.failed], failed, status)
    t.equal(outcomes.unfinished.size, 0)
  }
})
