import { mkdir, readdir, readlink, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { pruneRecords } from './prune-records.js'

const LONG_AGO = new Date('2026-01-01T00:00:00Z')

/** Records of runs by what they were called with; all of them ended long ago. */
async function records(t: Test, runs: Readonly<Record<string, readonly string[]>>) {
  const folder = t.testdir(
    Object.fromEntries(
      Object.entries(runs).map(([run, argv]) => [
        run,
        { 'run.json': JSON.stringify({ run, argv }), 'events.jsonl': '' },
      ]),
    ),
  )
  for (const run of Object.keys(runs)) {
    await utimes(join(folder, run, 'events.jsonl'), LONG_AGO, LONG_AGO)
  }
  return folder
}

const nights = (...names: string[]) => Object.fromEntries(names.map(name => [name, ['nightly']]))

t.test('the newest nights are kept, older ones removed', async t => {
  const folder = await records(t, nights('20260101', '20260102', '20260103'))
  await symlink('20260103', join(folder, 'latest'))
  t.strictSame(await pruneRecords(folder, 2), ['20260101'])
  t.strictSame(await readdir(folder), ['20260102', '20260103', 'latest'])
  t.equal(await readlink(join(folder, 'latest')), '20260103')
})

t.test('a baseline is kept at any age', async t => {
  const folder = await records(t, nights('20260101', '20260102', '20260103'))
  t.strictSame(await pruneRecords(folder, 1, join(folder, '20260101')), ['20260102'])
})

t.test('other runs and unreadable records are neither removed nor counted', async t => {
  const folder = await records(t, {
    ...nights('20260101', '20260103'),
    '20260102': ['run', '--grep', 'nightly'],
  })
  await mkdir(join(folder, '20251231'))
  await writeFile(join(folder, '20251231/run.json'), '{"argv":["nightly"')
  t.strictSame(await pruneRecords(folder, 1), ['20260101'])
  t.strictSame(await readdir(folder), ['20251231', '20260102', '20260103'])
})

t.test('a running night is kept', async t => {
  const folder = await records(t, nights('20260101', '20260102'))
  const now = new Date()
  await utimes(join(folder, '20260101', 'events.jsonl'), now, now)
  t.strictSame(await pruneRecords(folder, 1), [])
})

t.test('without records, none is removed', async t => {
  t.strictSame(await pruneRecords(join(t.testdir(), 'none'), 1), [])
})
