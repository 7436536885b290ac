import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { format, resolveConfig } from 'prettier'
import { withFields, withVersions } from './fields.fixture.js'

const file = fileURLToPath(new URL('README.md', import.meta.url))

t.test('the README has the schema’s number, and every field of every event', async t => {
  const readme = await readFile(file, 'utf8')
  const style = await resolveConfig(file)
  const written = await format(withVersions(withFields(readme)), { ...style, parser: 'markdown' })
  if (process.env['WRITE_README'] !== undefined) await writeFile(file, written)
  else
    t.equal(
      readme,
      written,
      'to write it: WRITE_README=1 node --import tsx harness/record/documented.test.ts',
    )
})
