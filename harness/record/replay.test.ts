import { join } from 'node:path'
import t from 'tap'
import { SCHEMA } from '../contract/events.js'
import { madeUpReplay } from './made-up-run.fixture.js'
import { readReplay } from './replay.js'

t.test('what is to be run again is read, or it is said why not', async t => {
  const folder = t.testdir({
    good: { 'replay.json': JSON.stringify(madeUpReplay({})) },
    cut: { 'replay.json': '{"schema": 2, "te' },
    null: { 'replay.json': 'null' },
    lacking: { 'replay.json': '{}' },
    newer: { 'replay.json': JSON.stringify({ schema: SCHEMA + 1, test: 'it' }) },
    older: { 'replay.json': JSON.stringify({ schema: 1, test: 'it' }) },
    none: {},
  })
  t.equal(readReplay(join(folder, 'good')).test, 'it')
  for (const [name, code] of [
    ['cut', 'NO_REPLAY'],
    ['null', 'NO_REPLAY'],
    ['lacking', 'NO_REPLAY'],
    ['none', 'NO_REPLAY'],
    ['newer', 'RECORD_TOO_NEW'],
    ['older', 'RECORD_TOO_OLD'],
  ] as const) {
    const message = new RegExp(`${name}/replay\\.json`)
    t.throws(
      () => readReplay(join(folder, name)),
      { code, exitCode: 2, message, remedy: /./ },
      name,
    )
  }
})
