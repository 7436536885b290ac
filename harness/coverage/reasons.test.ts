import { join } from 'node:path'
import t from 'tap'
import { loadReasons } from './load-reasons.js'
import { gapsOf, unusedReasons } from './reasons.js'

const text = ['int f(int x)', '{', '\tif (x)', '\t\treturn 1;', '\treturn 0;', '}']
const source = {
  file: 'module/driver.c',
  lines: new Map([
    [1, 2],
    [3, 2],
    [4, 0],
    [5, 2],
  ]),
  functions: new Map(),
  branches: [
    { line: 3, function: 'f', counts: [0, 2] },
    { line: 4, function: 'f', counts: [0, 0] },
  ],
}

void t.test('a gap is a line that never ran, or branches of one that did', t => {
  const reason = { file: source.file, code: 'return 1', reason: 'no caller gives x' }
  t.match(gapsOf(source, text, [reason]), [
    { file: source.file, line: 3, code: 'if (x)', what: '1 of 2 branches', reason: undefined },
    { file: source.file, line: 4, code: 'return 1;', what: 'line', reason: 'no caller gives x' },
  ])
  t.end()
})

void t.test('a line that looks like many is found by the one before it', t => {
  const reason = { file: source.file, code: 'if (x)', after: '{', reason: 'x is always set' }
  const elsewhere = { ...reason, after: 'x = g();' }
  t.match(gapsOf(source, text, [reason]), [{ line: 3, reason: 'x is always set' }, {}])
  const gaps = gapsOf(source, text, [elsewhere])
  t.equal(gaps[0]?.reason, undefined)
  t.same(unusedReasons([reason, elsewhere], gaps), [elsewhere])
  t.end()
})

void t.test('a reason that explains nothing is reported', t => {
  const used = { file: source.file, code: 'return 1', reason: 'a' }
  const stale = { file: source.file, code: 'return 0', reason: 'b' }
  const elsewhere = { file: 'module/other.c', code: 'return 1', reason: 'c' }
  const gaps = gapsOf(source, text, [])
  t.same(unusedReasons([used, stale, elsewhere], gaps), [stale, elsewhere])
  t.end()
})

void t.test('a list of reasons is checked', async t => {
  const folder = t.testdir({ cut: '[{', object: '{}', lacking: '[{"file":"a","code":"b"}]' })
  t.same(await loadReasons(join(folder, 'absent')), [])
  for (const name of ['cut', 'object', 'lacking']) {
    await t.rejects(loadReasons(join(folder, name)), { code: 'CONFIGURATION' }, name)
  }
})
