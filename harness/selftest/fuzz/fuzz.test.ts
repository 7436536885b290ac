import { join } from 'node:path'
import t from 'tap'
import { readers as broken } from './bad-readers.fixture.js'
import { fuzz } from './fuzz.js'
import { selectReaders } from './fuzz-readers.js'
import { caseOf, tryCase } from './reader.js'
import { readers } from './readers/index.js'
import { loadCase, saveCase } from './saved-case.js'
import { whyNoPass } from './tap-no-pass.js'

const CASES = 400
const SEED = 20261126
const { signal } = new AbortController()
const module = new URL('bad-readers.fixture.ts', import.meta.url).href

for (const reader of readers) {
  void t.test(`${reader.name}: ${CASES} mutated inputs are parsed correctly`, async t => {
    const wrong: string[] = []
    let certain = 0
    for (let number = 0; number < CASES; number += 1) {
      const fuzzed = caseOf(reader, SEED, number)
      if (fuzzed.mustFail !== undefined) certain += 1
      const problem = await tryCase(reader, fuzzed)
      if (problem !== undefined) wrong.push(`case ${number}: ${problem}`)
    }
    t.strictSame(wrong, [])
    if (reader.name === 'tap' || reader.name === 'splats')
      t.ok(certain > CASES / 4 && certain < CASES, `${certain} cannot pass`)
  })
}

void t.test('a false pass is reported', async t => {
  const check = (name: string, text: string, more = {}) =>
    readers.find(reader => reader.name === name)?.check({ input: Buffer.from(text), ...more })
  const because = { mustFail: 'for a reason' }
  t.equal(await check('tap', '1..1\nok 1\n', because), 'a false pass: for a reason')
  t.equal(await check('tap', '1..1\nok 1\n'), undefined)
  t.equal(await check('tap', '1..2\nok 1\n', because), undefined)
  t.equal(await check('splats', '6,1,1,-;eth0: up', because), 'a false pass: for a reason')
  t.equal(await check('splats', '4,1,1,-;BUG: kernel NULL pointer dereference', because), undefined)
})

void t.test('streams that cannot pass are found by necessary conditions', t => {
  const cannot: readonly (readonly [string, RegExp])[] = [
    ['1..1\nnot ok 1 a\n', /has "not ok 1 a"/],
    ['1..2\nok 1\n', /plans 2 tests, and 1/],
    ['1..2\nok 1\nok 1\n', /a test twice/],
    ['1..2\nok 1\nok 4294967297\n', /not in its plan/],
    ['1..1\nok 1\nBail out! no memory\n', /bails out/],
    ['1..1\nok 1\n1..1\n', /two plans/],
    ['KTAP version 1\n', /no tests/],
    ['1..1\nok 1', /cut off/],
    ['1..1\nok 1 \0\n', /no text/],
    ['1..1\n# not ok 1 a\nok 1 b\n', /in its comments/],
    ['1..1\n  1..1\n  not ok 1 a\nok 1 b\n', /has " {2}not ok 1 a"/],
  ]
  for (const [stream, why] of cannot) t.match(whyNoPass(stream), why, JSON.stringify(stream))
  t.equal(whyNoPass('1..2\nok 1 a\nnot ok 2 b # TODO not yet\n'), undefined)
  t.equal(whyNoPass('1..0 # SKIP no device\n'), undefined)
  t.end()
})

void t.test('a case is reproducible, alone and from its file', async t => {
  const file = join(t.testdir(), 'case.json')
  for (const reader of readers) {
    const fuzzed = caseOf(reader, SEED, 17)
    t.strictSame(caseOf(reader, SEED, 17), fuzzed)
    t.strictNotSame(caseOf(reader, SEED + 1, 17), fuzzed)
    await saveCase(file, reader, SEED, { number: 17, problem: 'none' })
    const loaded = await loadCase(file, readers)
    t.equal(loaded.reader, reader)
    t.match(loaded.fuzzed, fuzzed)
  }
  await t.rejects(loadCase(`${file}.absent`, readers), { code: 'NO_CASE', exitCode: 2 })
})

void t.test('problems in worker threads are reported with their case number', async t => {
  const numbers = Array.from({ length: 40 }, (_, number) => number)
  const fives = (name: string): number[] => {
    const reader = broken.find(each => each.name === name)
    return numbers.filter(number => reader && caseOf(reader, SEED, number).input[0] === 5)
  }
  const run = (reader: string) =>
    fuzz({ module, reader, cases: 40, seed: SEED, signal, hangLooks: 3, threads: 2 })
  t.match(await run('sound'), { cases: 40, problems: [] })
  for (const [name, problem] of [
    ['crashes', /a crash: Error: a crash on purpose/],
    ['believes', /a false pass/],
    ['hangs', /a hang: it is still read after/],
    ['waits', /a hang: nothing goes on that could end it/],
  ] as const) {
    const { cases, problems } = await run(name)
    t.equal(cases, 40, `${name}: the others are read all the same`)
    t.strictSame(
      problems.map(({ number }) => number),
      fives(name),
      name,
    )
    t.ok(problems.length > 0 && problems.every(each => problem.test(each.problem)))
  }
})

void t.test('an interruption ends it; an unknown reader is refused', async t => {
  const stop = AbortSignal.timeout(300)
  await t.rejects(fuzz({ module, reader: 'hangs', cases: 40, seed: SEED, signal: stop }), {
    name: 'TimeoutError',
  })
  t.throws(() => selectReaders(['tab']), { code: 'UNKNOWN_READER', remedy: /tap, kmsg, splats/ })
})
