import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { memberLines } from '../text/member-lines.js'
import { escapeRegExp } from '../text/text.js'
import { didYouMean } from '../names/did-you-mean.js'
import { usageError } from '../errors.js'

/** The file may come from a stranger: what messages show of it is bounded. */
const SHOWN_CHARACTERS = 80
const SHOWN_MISTAKES = 20

/** A string that matches. @param expected describes the form, after "should be" */
export const textLike = (pattern: RegExp, expected: string) =>
  z.string({ error: expected }).regex(pattern, { error: expected })

/** A string that is not blank. */
export const someText = () => textLike(/\S/, 'some text')

export interface CheckOptions {
  /** The error's code; default: `CONFIGURATION`. */
  readonly code?: string
  readonly remedy?: string
  /** Mistakes that are no schema's to find, told with those of the schema. */
  readonly also?: readonly string[]
  /** The file as it was written: a field that is there once has its line. */
  readonly text?: string
}

/**
 * Reads a JSON file that a user wrote.
 *
 * @param absent the content of a missing file; without it, the file is required
 * @throws ModproveError that names the file and its mistakes
 */
export async function readJson<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
  { absent, ...options }: CheckOptions & { readonly absent?: string } = {},
): Promise<z.output<Schema>> {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT' && absent !== undefined) return absent
    throw wrongFile(file, [`it cannot be read: ${cause.message}`], options, cause)
  })
  return parseJson(text, file, schema, options)
}

/** Checks the text of a file, as {@link readJson} does. */
export function parseJson<Schema extends z.ZodType>(
  text: string,
  file: string,
  schema: Schema,
  options: CheckOptions = {},
): z.output<Schema> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw wrongFile(file, [`it is not JSON: ${(cause as Error).message}`], options, cause)
  }
  return checkValue(value, file, schema, options)
}

/** Checks a file's value, as {@link readJson} does. */
export function checkValue<Schema extends z.ZodType>(
  value: unknown,
  file: string,
  schema: Schema,
  options: CheckOptions = {},
): z.output<Schema> {
  const checked = schema.safeParse(value, HOW)
  const { also = [], text = '' } = options
  if (checked.success && also.length === 0) return checked.data
  const { issues = [] } = checked.error ?? {}
  const mistakes = [...shownMistakes(issues, text), ...also]
  throw wrongFile(file, mistakes, options, undefined, countOf(issues) + also.length)
}

/** The first mistakes of a value, each with its path; empty when it is valid. */
export function mistakesIn(schema: z.ZodType, value: unknown): string[] {
  // Without error details a check takes half the time, and nearly every event is valid.
  if (schema.safeParse(value).success) return []
  return shownMistakes(schema.safeParse(value, HOW).error?.issues ?? [])
}

const shownMistakes = (issues: readonly z.core.$ZodIssue[], text = ''): string[] =>
  issues
    .slice(0, SHOWN_MISTAKES)
    .flatMap(issue => mistakesOf(issue, text))
    .slice(0, SHOWN_MISTAKES)

/** Each unknown field is a mistake. */
const countOf = (issues: readonly z.core.$ZodIssue[]): number =>
  issues.reduce(
    (sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length : 1),
    0,
  )

/** The error of a file that a user wrote, which names each mistake. @param count of all mistakes */
export function wrongFile(
  file: string,
  mistakes: readonly string[],
  { code = 'CONFIGURATION', remedy = `Correct ${file}` }: CheckOptions = {},
  cause?: unknown,
  count = mistakes.length,
): Error {
  const more = count - mistakes.length
  const shown = [...mistakes, ...(more > 0 ? [`and ${more} more`] : [])]
  const message =
    count === 1
      ? `${file}: ${shown.join()}`
      : `${file} has ${count} mistakes:\n${shown.map(mistake => `  ${mistake}`).join('\n')}`
  return usageError(code, message, { remedy, cause })
}

function mistakesOf(issue: z.core.$ZodIssue, text: string): string[] {
  const { path, message: words, code, input } = issue
  const where = pathText(path)
  if (code === 'unrecognized_keys') {
    const lines = words.split('\n')
    return lines.map((line, at) => {
      const key = issue.keys[at] ?? ''
      return `${lineOf([...path, key], text)}${pathText([...path, key])} ${line}`
    })
  }
  if (code === 'invalid_key') return [`the key of ${where} should be ${words}`]
  const written =
    issue.code === 'invalid_union' && issue.discriminator !== undefined
      ? (input as Readonly<Record<string, unknown>> | undefined)?.[issue.discriminator]
      : input
  if (written === undefined)
    return [`${lineOf(path.slice(0, -1), text)}${where} is missing: it should be ${words}`]
  return [
    `${lineOf(path, text)}${where} should be ${words}, got ${cut(JSON.stringify(written) ?? typeof written)}`,
  ]
}

/** `line 5: `, where a value is written; empty if that is not certain. */
export function lineOf(path: readonly PropertyKey[], text: string): string {
  const line = memberLines(text).get(path.join('.'))
  if (line !== undefined) return `line ${line}: `
  const key = String(path.findLast(step => typeof step === 'string') ?? '')
  if (text === '' || key === '' || key.length > SHOWN_CHARACTERS) return ''
  const written = new RegExp(`(?<![\\w$])["']?${escapeRegExp(key)}["']?\\s*:`, 'g')
  const [first, second] = text.matchAll(written)
  if (first === undefined || second !== undefined) return ''
  return `line ${text.slice(0, first.index).split('\n').length}: `
}

/** `series["6.1"].suites[0]` */
export function pathText(path: readonly PropertyKey[]): string {
  const steps = path.map(step =>
    typeof step === 'string' && /^[a-z_]\w*$/i.test(step)
      ? `.${cut(step)}`
      : `[${cut(JSON.stringify(step) ?? String(step))}]`,
  )
  return steps.length === 0 ? 'it' : steps.join('').replace(/^\./, '')
}

const cut = (text: string): string =>
  text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
}

/** What the schema expected, after "should be"; of unknown fields, a line each. */
function expectationOf(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return TYPES[issue.expected] ?? issue.expected
    case 'invalid_value':
      return issue.values.map(value => JSON.stringify(value)).join(' or ')
    case 'invalid_key':
      return issue.issues.map(({ message }) => message).join(', ')
    case 'unrecognized_keys': {
      const known = knownKeys(issue.inst)
      const lineOf = (key: string): string =>
        `is unknown. ${didYouMean(cut(key), known).trim() || `Known: ${known.join(', ')}`}`
      return issue.keys.slice(0, SHOWN_MISTAKES).map(lineOf).join('\n')
    }
    default:
      return issue.message ?? 'something else'
  }
}

const HOW = { error: expectationOf, reportInput: true }

const knownKeys = (schema: unknown): string[] =>
  schema instanceof z.ZodObject ? Object.keys(schema.shape) : []
