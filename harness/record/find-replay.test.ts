import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import t from 'tap'
import { findReplay, recordOfReplay, replayAt } from './find-replay.js'
import { madeUpReplay } from './made-up-run.fixture.js'

const root = t.testdir()
const records = join(root, '.modprove/runs')

function fail(run: string, suite: string, test: string, at: number): string {
  const folder = join(records, run, 'jobs/6.1-plain', suite, 'failures', `${at}-x`)
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'replay.json')
  writeFileSync(file, JSON.stringify(madeUpReplay({ suite, test })))
  utimesSync(file, at, at)
  return folder
}

const OLD = '20261101T000000Z-aaaaaa'
const NEW = '20261102T000000Z-bbbbbb'
const old = fail(OLD, 'mmap', 'C26: one', 9)
const first = fail(NEW, 'mmap', 'C27: two', 1)
const last = fail(NEW, 'ring', 'C26: three (twice)', 2)
symlinkSync(NEW, join(records, 'latest'))
mkdirSync(join(records, '20261103T000000Z-cccccc'))

void t.test('a failure is found by its path, from anywhere', t => {
  t.equal(replayAt(first), first)
  t.equal(replayAt(relative(process.cwd(), first)), first)
  t.equal(replayAt('mmap:C26'), undefined)
  t.throws(() => replayAt(records), { code: 'NO_REPLAY', message: `${records} is no failure's` })
  t.equal(findReplay(relative(records, first), records), first, 'as reports print it')
  t.equal(findReplay(relative(root, first), records), first, "from the project's root")
  t.equal(recordOfReplay(first), join(records, NEW))
  t.end()
})

void t.test('or as the newest of a suite, a promise, a name, or of all', t => {
  t.equal(findReplay(undefined, records), last)
  t.equal(findReplay('mmap', records), first)
  t.equal(findReplay('mmap:C26', records), old, 'of an earlier run, where the last has none')
  t.equal(findReplay('ring:twice', records), last)
  t.equal(findReplay('ring: C26: three', records), last, 'as reports print it')
  t.end()
})

void t.test('what there is not is said, with what there may be', t => {
  for (const word of ['mmap:C99', 'nosuch', 'no/such/folder', 'ring:C2']) {
    const message = new RegExp(word)
    t.throws(() => findReplay(word, records), { code: 'NO_REPLAY', exitCode: 2, message })
  }
  t.throws(() => findReplay('mmap:(', records), { code: 'BAD_GREP', exitCode: 2 })
  t.throws(() => findReplay(undefined, join(records, 'none')), { code: 'NO_REPLAY' })
  t.end()
})
