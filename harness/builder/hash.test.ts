import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { contentKey, hashFile } from './hash.js'

void t.test('a key depends on every part, its name, and where one part ends', t => {
  const keys = [
    contentKey({ a: 'x', b: 'y' }),
    contentKey({ a: 'x', b: 'z' }),
    contentKey({ a: 'x', c: 'y' }),
    contentKey({ a: 'xb 1\ny' }),
    contentKey({ a: 'xby' }),
    contentKey({ a: 'x' }),
    contentKey({ b: 'y', a: 'x' }),
  ]
  t.equal(new Set(keys).size, keys.length)
  t.equal(contentKey({ a: 'x', b: Buffer.from('y') }), keys[0], 'bytes and text are the same')
  t.match(keys[0], /^[0-9a-f]{16}$/)
  t.end()
})

void t.test('a file’s hash is its content’s', async t => {
  const file = join(t.testdir(), 'file')
  const data = Buffer.alloc(3_000_000, 'abc')
  await writeFile(file, data)
  t.equal(await hashFile(file), createHash('sha256').update(data).digest('hex'))
})
