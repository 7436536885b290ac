import { mkdir, mkdtemp, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { z } from 'zod'
import { withLock } from '../platform/files/lock.js'
import { silent } from '../platform/terminal/progress.js'
import { stored, type Recipe } from './store.js'

const cache = await mkdtemp(join(tmpdir(), 'modprove-store-'))
process.env['MODPROVE_CACHE'] = cache
t.teardown(() => rm(cache, { recursive: true, force: true }))

const said: string[] = []
const work = {
  signal: new AbortController().signal,
  progress: { ...silent, say: (line: string) => void said.push(line) },
}
let made = 0
const recipe = (key: string, more: Partial<Recipe<number>> = {}): Recipe<number> => ({
  kind: 'programs',
  key,
  title: `thing ${key}`,
  hashed: ['hashed'],
  valueFrom: json => z.number().safeParse(json).data,
  make: async folder => {
    await mkdir(join(folder, 'deep'))
    await writeFile(join(folder, 'hashed'), 'content')
    await writeFile(join(folder, 'deep/sized'), '12345')
    return ++made
  },
  ...more,
})
const things = () => readdir(join(cache, 'programs'))

void t.test('concurrent requests make an entry once', async t => {
  const both = await Promise.all([stored(recipe('once'), work), stored(recipe('once'), work)])
  const later = await stored(recipe('once'), work)
  t.strictSame(
    [...both, later].map(({ value }) => value),
    [1, 1, 1],
  )
  t.equal(later.folder, join(cache, 'programs/once'))
})

void t.test('a damaged entry is reported and made again', async t => {
  const damages: [string, (folder: string) => Promise<void>, RegExp][] = [
    [
      'cut',
      folder => writeFile(join(folder, 'deep/sized'), '123'),
      /sized has 3 bytes instead of 5/,
    ],
    ['gone', folder => rm(join(folder, 'deep/sized')), /deep\/sized is missing/],
    ['altered', folder => writeFile(join(folder, 'hashed'), 'CONTENT'), /hashed has other content/],
    [
      'nomanifest',
      folder => writeFile(join(folder, 'manifest.json'), '{'),
      /manifest\.json is missing/,
    ],
    ...['[]', '{"sizes":null,"sha256":null}', '{"sizes":{},"sha256":[]}'].map(
      (text): (typeof damages)[number] => [
        `manifest${text.length}`,
        folder => writeFile(join(folder, 'manifest.json'), text),
        /manifest\.json is missing or cut short/,
      ],
    ),
    [
      'otherfile',
      folder => writeFile(join(folder, 'manifest.json'), '{"sizes":{"a":"x"},"sha256":{"b":1}}'),
      /a is missing/,
    ],
    [
      'value',
      folder => writeFile(join(folder, 'value.json'), '{'.repeat(String(made).length)),
      /value\.json cannot be read/,
    ],
  ]
  for (const [key, damage, reason] of damages) {
    const first = await stored(recipe(key), work)
    await damage(first.folder)
    said.length = 0
    const second = await stored(recipe(key), work)
    t.equal(second.value, first.value + 1, key)
    t.match(said, [reason])
    t.equal((await stored(recipe(key), work)).value, second.value, 'and whole again')
  }
})

void t.test('a value that an earlier version saved is not believed', async t => {
  const first = await stored(recipe('earlier'), work)
  said.length = 0
  const later = recipe('earlier', { valueFrom: () => undefined })
  t.equal((await stored(later, work)).value, first.value + 1)
  t.match(said, [/is damaged \(value\.json cannot be read\); making it again/])
})

void t.test('work that fails leaves nothing behind', async t => {
  const make = async (folder: string): Promise<number> => {
    await writeFile(join(folder, 'half'), '')
    throw new Error('the compiler said no')
  }
  await t.rejects(stored(recipe('failing', { make }), work), { message: 'the compiler said no' })
  t.notOk((await things()).some(name => name.startsWith('failing')))
})

void t.test('leftovers of a killed process are removed', async t => {
  await stored(recipe('killed'), work)
  await rename(join(cache, 'programs/killed'), join(cache, 'programs/killed.1.partial'))
  for (const key of ['other.2.partial', 'running.3.partial'])
    await mkdir(join(cache, 'programs', key))
  // Somebody makes it still.
  await withLock('programs-running', async () => void (await stored(recipe('killed'), work)))
  const left = await things()
  t.strictSame(left.filter(name => /killed|partial/.test(name)).sort(), [
    'killed',
    'running.3.partial',
  ])
})

void t.test('unused entries are deleted when another is made; use keeps them', async t => {
  const old = new Date(Date.now() - 9 * 24 * 3_600_000)
  for (const key of ['unused', 'used']) {
    const { folder } = await stored(recipe(key), work)
    await utimes(folder, old, old)
  }
  const { folder } = await stored(recipe('used'), work)
  t.ok((await stat(folder)).mtimeMs > old.getTime() + 1000)
  await stored(recipe('newest', { keptDays: 7 }), work)
  const left = await things()
  t.notOk(left.includes('unused'))
  t.ok(left.includes('used'))
})
