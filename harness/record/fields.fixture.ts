import { z } from 'zod'
import { events } from '../contract/event-schema.js'
import * as results from '../contract/result-schema.js'
import * as runs from '../contract/run-schema.js'
import { SCHEMA } from '../contract/events.js'
import { requireSchema } from './schema.js'

const shapes = Object.entries({ ...results, ...runs })
  .flatMap(([name, schema]) => (schema instanceof z.ZodObject ? [{ name, schema }] : []))
  .sort((a, b) => (a.name < b.name ? -1 : 1))
const MARKS = [
  '<!-- fields: written by documented.test.ts -->\n',
  '<!-- end of fields -->\n',
] as const

/** Fills the README's marked part with all events and their parts, from the schemas. */
export function withFields(readme: string): string {
  const [begin, end] = MARKS.map(mark => readme.indexOf(mark))
  if (begin === undefined || end === undefined || begin < 0 || end < begin)
    throw new Error(`There are no marks: ${MARKS.join()}`)
  const lines = [
    ...Object.entries(events).map(([type, schema]) => item(`\`${type}\``, schema)),
    '\nParts of events:\n',
    ...shapes.map(({ name, schema }) => item(`_${wordsOf(name)}_`, schema)),
  ]
  return `${readme.slice(0, begin)}${MARKS[0]}\n${lines.join('\n')}\n\n${readme.slice(end)}`
}

const VERSIONS = /(`schema`,\s+now\s+)\d+(;\s+older\s+ones\s+are\s+read\s+from\s+)\d+/

/** Writes the schema's number, and the oldest that is read, where the README says them. */
export function withVersions(readme: string): string {
  if (!VERSIONS.test(readme)) throw new Error(`The README has no ${VERSIONS.source}`)
  let oldest: number = SCHEMA
  while (isRead(oldest - 1)) oldest -= 1
  return readme.replace(
    VERSIONS,
    (_, now: string, from: string) => `${now}${SCHEMA}${from}${oldest}`,
  )
}

function isRead(schema: number): boolean {
  try {
    requireSchema('events.jsonl', schema)
    return true
  } catch {
    return false
  }
}

const item = (name: string, schema: z.ZodObject): string =>
  `- ${name}: ${schema.description === undefined ? '' : `${schema.description}. `}${fieldsOf(schema)}`

const fieldsOf = ({ shape }: z.ZodObject): string =>
  Object.entries(shape)
    .filter(([name]) => name !== 'type')
    .map(([name, field]) => fieldText(name, field as z.ZodType))
    .join(', ')

function fieldText(name: string, field: z.ZodType): string {
  const { schema, isOptional, isList } = innermost(field)
  const shape = shapes.find(one => one.schema === schema)?.name
  const notes = [
    shape !== undefined && shape !== name ? `${isList ? 'of each ' : ''}_${wordsOf(shape)}_` : '',
    shape === undefined && schema instanceof z.ZodObject
      ? `${isList ? 'of each ' : ''}${fieldsOf(schema)}`
      : '',
    schema instanceof z.ZodEnum && field.description === undefined
      ? schema.options.map(option => `\`${option}\``).join(', ')
      : '',
    field.description ?? '',
  ].filter(note => note !== '')
  return `\`${name}${isOptional ? '?' : ''}\`${notes.length === 0 ? '' : ` (${notes.join('; ')})`}`
}

/** Unwraps lists and optional fields. */
function innermost(field: z.ZodType): {
  readonly schema: z.ZodType
  readonly isOptional: boolean
  readonly isList: boolean
} {
  if (field instanceof z.ZodExactOptional)
    return { ...innermost(field.unwrap() as z.ZodType), isOptional: true }
  if (field instanceof z.ZodArray) return { ...innermost(field.element as z.ZodType), isList: true }
  return { schema: field, isOptional: false, isList: false }
}

/** `failedTry` → `failed try` */
const wordsOf = (name: string): string =>
  name.replaceAll(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`)
