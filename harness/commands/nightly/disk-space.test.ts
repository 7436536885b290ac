import t from 'tap'
import { requireSpace } from './disk-space.js'

const wish = (folder: string) => ({
  folder,
  what: 'the record',
  needGib: 2,
  remedy: 'keep fewer',
})

t.test('a nearly full disk is reported before the night, in GiB', async t => {
  const folder = `${t.testdir()}/not/yet/there`
  await t.rejects(
    requireSpace([wish(folder)], async () => 1.5 * 2 ** 30),
    {
      code: 'DISK_FULL',
      exitCode: 3,
      message: /2 GiB for the record in .*there, and 1\.5 GiB are free/,
      remedy: 'keep fewer',
    },
  )
})

t.test('each folder is checked, and enough space passes', async t => {
  const asked: string[] = []
  const one = t.testdir({ a: {}, b: {} })
  await requireSpace([wish(`${one}/a`), wish(`${one}/b`)], async folder => {
    asked.push(folder)
    return 2 * 2 ** 30
  })
  t.strictSame(asked, [`${one}/a`, `${one}/b`])
})

t.test('a real folder has some space', async t => {
  await requireSpace([{ ...wish(t.testdir()), needGib: 0 }])
})
