import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { z } from 'zod'
import { packageRoot } from '../platform/files/package-root.js'
import { escapeRegExp } from '../platform/text/text.js'
import { configSchema } from './config-schema.js'
import { expectedFailure } from './expected-failures.js'
import { headerSchemas } from './program-header.js'

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
    shape.run.unwrap().shape,
    shape.slurm.unwrap().shape,
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

t.test('the READMEs tell the fields of headers and of expected failures', async t => {
  const read = async (file: string) => words(await readFile(join(packageRoot, file), 'utf8'))
  const project = await read('harness/project/README.md')
  for (const { shape } of expectedFailure.options)
    for (const [name, { description }] of Object.entries<z.ZodType>(shape))
      if (description !== undefined)
        t.match(
          project,
          new RegExp(`- \`${name}\`(?:, of [^:]*)?: ${escapeRegExp(words(description))} `),
          name,
        )
  const suites = await read('suites/README.md')
  for (const [name, { description = '' }] of Object.entries(headerSchemas.suite.shape))
    t.ok(suites.includes(`- \`${name}\`: ${words(description)} `), name)
})
