import { readFileSync } from 'node:fs'
import { Parser, type FinalResults } from 'tap-parser'
import t from 'tap'
import { SuiteTap } from './suite-tap.js'

const read = async (text: string): Promise<FinalResults> =>
  new Promise(resolve => new Parser(resolve).end(text))

t.test('what is written reads back as TAP, whatever names hold', async t => {
  const file = `${t.testdir()}/suite.tap`
  const tap = new SuiteTap(file, 'a suite # TODO not so')
  tap.point('plain', 'pass', { body: 'TAP version 14\nok 1 - one\n1..1\n' })
  tap.point('hash # SKIP and\nnewline', 'fail', {
    problems: [{ kind: 'assertion', message: 'not ok 1 - "x"\n...' }],
  })
  tap.point('left out', 'skip', { reason: 'needs debug' })
  tap.point('lost', 'error', {})
  tap.end()
  const results = await read(readFileSync(file, 'utf8'))
  t.match(results, { count: 4, pass: 2, fail: 2, skip: 1, todo: 0 })
})

t.test('a file that was cut off does not read as passed', async t => {
  const file = `${t.testdir()}/suite.tap`
  const tap = new SuiteTap(file, 'cut')
  tap.point('one', 'pass', {})
  const results = await read(readFileSync(file, 'utf8'))
  t.equal(results.ok, false)
})

t.test(
  'another worker continues the numbers, with the point of the test that was lost',
  async t => {
    const file = `${t.testdir()}/suite.tap`
    new SuiteTap(file, 'lost').point('one', 'pass', {})
    const next = new SuiteTap(file, 'lost', 1)
    next.point('two', 'fail', {})
    next.point('three', 'pass', {})
    next.end()
    const results = await read(readFileSync(file, 'utf8'))
    t.match(results, { count: 3, pass: 2, fail: 1, failures: [{ id: 2, name: 'two' }] })
    t.equal(results.failures.length, 1, 'nothing else is wrong with the stream')
  },
)
