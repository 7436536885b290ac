import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../platform/files/package-root.js'
import { configSchema } from './config-schema.js'

const words = (text: string): string => text.replaceAll(/\s+/g, ' ')

t.test('the README tells every field as the schema has it', async t => {
  const readme = words(await readFile(join(packageRoot, 'harness/project/README.md'), 'utf8'))
  const { shape } = configSchema
  const objects = [
    shape,
    shape.module.unwrap().out.shape,
    shape.machine.unwrap().shape,
    shape.flavours.unwrap().valueType.shape,
    shape.guest.unwrap().shape,
  ]
  for (const fields of objects) {
    const items = Object.entries(fields).map(([name, { description = '' }]) => {
      t.not(description, '', `${name} is described`)
      return `- \`${name}\`: ${description}`
    })
    const list = words(items.join('\n'))
    t.ok(readme.includes(`${list} `), `harness/project/README.md should have:\n${items.join('\n')}`)
  }
})
