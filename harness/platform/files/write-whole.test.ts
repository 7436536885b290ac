import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { writeAtomically } from './write-atomically.js'

void t.test('writeWhole replaces a file at once and leaves nothing beside it', async t => {
  const folder = t.testdir({ kept: 'old' })
  await writeAtomically(join(folder, 'kept'), 'new')
  await writeAtomically(join(folder, 'deep/er'), Buffer.from([0, 255]))
  t.equal(await readFile(join(folder, 'kept'), 'utf8'), 'new')
  t.same(await readFile(join(folder, 'deep/er')), Buffer.from([0, 255]))
  t.same((await readdir(folder)).sort(), ['deep', 'kept'])
})

void t.test('a write that fails keeps the old file and cleans up', async t => {
  const folder = t.testdir({ taken: { by: 'a folder' } })
  await t.rejects(writeAtomically(join(folder, 'taken'), 'x'))
  t.same(await readdir(folder), ['taken'])
})
