import { Parser } from 'tap-parser'
import t, { type Test } from 'tap'
import type { Problem } from '../contract/events.js'
import { harnessError } from '../platform/errors.js'
import { withTap } from './with-tap.js'

t.test('a test without a problem has none, and its TAP is whole', async t => {
  const { problems, skipped, tap } = await withTap('good', async inner => {
    inner.equal(1, 1, 'one is one')
    return []
  })
  t.strictSame(problems, [])
  t.equal(skipped, undefined)
  t.equal(
    Parser.parse(tap).some(([kind]) => kind === 'assert'),
    true,
  )
  t.match(tap, /1\.\.1/)
})

t.test('assertions that fail, nested ones too, are problems', async t => {
  const { problems } = await withTap('bad', async inner => {
    inner.equal(1, 2, 'one is two')
    await inner.test('deeper', async deeper => {
      deeper.ok(false, 'not so')
    })
    return []
  })
  t.match(problems, [{ message: /one is two/, detail: /-2/ }, { message: /deeper > not so/ }])
})

t.test('what is thrown, and what the verdict adds, fails the test in its TAP as well', async t => {
  const place = { firstError: 'ring.c:7:1: error: no', at: { file: 'ring.c', line: 7 } }
  const thrown = await withTap('throws', async () => {
    throw harnessError('X', 'it threw', { detail: 'evidence', ...place })
  })
  t.match(thrown.problems, [{ message: 'it threw', detail: 'evidence', ...place }])
  t.match(thrown.tap, /not ok 1 - it threw/)
  const found = await withTap('found', async inner => {
    inner.pass('fine so far')
    return [{ kind: 'taint', message: 'the kernel is tainted' }]
  })
  t.match(found.problems, [{ message: 'the kernel is tainted' }])
  t.match(found.tap, /not ok 2 - the kernel is tainted/)
})

t.test('what fails in the words of the verdict is the test’s own all the same', async t => {
  const { problems } = await withTap('same', async inner => {
    inner.fail('the kernel is tainted', { mark: 'made up' })
    return [{ kind: 'taint', message: 'the kernel is tainted' }]
  })
  t.match(problems, [{ kind: 'assertion' }, { kind: 'taint' }])
  t.equal(problems.length, 2)
})

t.test('a test that asserts nothing is no pass by accident: its own words decide', async t => {
  const { skipped } = await withTap('skips', async inner => {
    inner.plan(0, 'there is no such device')
    return []
  })
  t.equal(skipped, 'there is no such device')
  const same = await withTap('skips in the words of node-tap', async inner => {
    inner.plan(0, 'no tests found')
    return []
  })
  t.match(same, { skipped: 'no tests found', problems: [] })
  const ends = await withTap('ends itself', async inner => (inner.end(), []))
  t.match(ends, { skipped: undefined, problems: [{ kind: 'nothing-asserted' }] })
})

t.test('a bail-out, a test that asserts nothing and one that never ends do not pass', async t => {
  const bailed = await withTap('bails', async inner => {
    inner.bailout('no use')
    return []
  })
  t.match(bailed.problems, [{ message: /bailed out: no use/ }])
  const empty = await withTap('empty', async () => [])
  t.match(empty.problems, [{ message: /made no assertion: call/ }])
  const endless = await withTap('endless', async inner => {
    void inner.test('never', () => new Promise(() => undefined))
    return []
  })
  t.equal(endless.whole, false)
  t.match(endless.problems, [{ message: /never ended/ }])
})

t.test('what is asserted after the end fails it, or is reported, at its line, once', async t => {
  const folder = t.testdir({
    'late.mjs': `export const late = t => t.equal(1, 2)
      export const thrown = t => t.threw(new Error('lost'))`,
  })
  const { late, thrown } = (await import(`${folder}/late.mjs`)) as Record<string, (t: Test) => void>
  const at = { file: /late\.mjs$/, line: 1 }
  const ended = await withTap('ends', async inner => {
    inner.pass('fine so far')
    inner.end()
    late?.(inner)
    return [{ kind: 'taint', message: 'the kernel is tainted' }]
  })
  t.match(ended.problems, [{ message: /"ends" had ended/, at }, { kind: 'taint' }])
  const ends = await withTap('ends itself', async inner => {
    inner.pass('fine')
    inner.end()
    return []
  })
  t.match(ends, { problems: [], whole: true })
  for (const act of [late, thrown]) {
    const told: Problem[] = []
    const tests: Test[] = []
    const work = async (inner: Test): Promise<[]> => {
      inner.pass('fine so far')
      await inner.test('deeper', async deeper => void (tests.push(deeper), deeper.pass('too')))
      tests.push(inner)
      return []
    }
    const { problems } = await withTap('good', work, problem => told.push(problem))
    for (const each of tests) act?.(each)
    t.strictSame(problems, [])
    t.match(told, [{ kind: 'late', message: /"good" had ended/ }])
    if (act === late) t.match(told, [{ at }])
    t.equal(told.length, 1)
  }
})

t.test('a test whose every assertion was skipped is skipped, for its reason', async t => {
  const { skipped, problems } = await withTap('skips', async inner => {
    inner.skip('not on this kernel', () => undefined)
    return []
  })
  t.strictSame(problems, [])
  t.equal(skipped, 'not on this kernel')
})
