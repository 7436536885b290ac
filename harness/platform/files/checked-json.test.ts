import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { z } from 'zod'
import { parseJson, readJson, someText, textLike } from './checked-json.js'

const schema = z.strictObject({
  name: textLike(/^[a-z]+$/, 'lower-case letters'),
  sizes: z.array(z.int()),
  mode: z.enum(['quick', 'whole']),
  inner: z.strictObject({ reason: someText() }).exactOptional(),
  'odd name': z.boolean().exactOptional(),
})
const right = { name: 'x', sizes: [1], mode: 'quick' }
const parse = (value: unknown) => parseJson(JSON.stringify(value), 'some.json', schema)
const messageOf = (value: unknown): string => {
  try {
    parse(value)
  } catch (error) {
    return (error as Error).message
  }
  return ''
}

t.test('what is right is given back', async t => {
  t.strictSame(parse(right), right)
})

t.test('all mistakes are named at once: where, what was expected, what is there', async t => {
  const wrong = {
    name: 'X',
    sizes: [1, 'two', 1.5],
    inner: { reason: ' ' },
    'odd name': 0,
  }
  t.equal(
    messageOf(wrong),
    `some.json has 6 mistakes:
  name should be lower-case letters, got "X"
  sizes[1] should be a number, got "two"
  sizes[2] should be a whole number, got 1.5
  mode is missing: it should be "quick" or "whole"
  inner.reason should be some text, got " "
  ["odd name"] should be true or false, got 0`,
  )
  t.equal(messageOf(null), 'some.json: it should be an object, got null')
})

t.test('an unknown field is reported with the nearest known one', async t => {
  t.equal(messageOf({ ...right, mod: 1 }), 'some.json: mod is unknown. Did you mean "mode"?')
  t.equal(
    messageOf({ ...right, weight: 1, inner: { reason: 'x', raeson: 'y' } }),
    `some.json has 2 mistakes:
  inner.raeson is unknown. Did you mean "reason"?
  weight is unknown. Known: name, sizes, mode, inner, odd name`,
  )
})

t.test('a mistake is an error of wrong use, with a remedy', async t => {
  t.throws(() => parseJson('{"a', 'some.json', schema), {
    code: 'CONFIGURATION',
    exitCode: 2,
    message: /^some\.json: it is not JSON: /,
    remedy: 'Correct some.json',
  })
  const options = { code: 'NO_CASE', remedy: 'Name another' }
  t.throws(() => parseJson('[]', 'some.json', schema, options), options)
})

t.test('what is shown of a hostile file is bounded', async t => {
  const long = 'x'.repeat(1_000_000)
  const values = [
    { ...right, mode: long },
    { ...right, [long]: 1 },
    { ...right, sizes: Array<string>(100_000).fill(long.slice(0, 50)) },
    { ...right, inner: { [long]: long } },
    Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`x${at}`, at])),
  ]
  for (const value of values) t.ok(messageOf(value).length < 5000)
  t.match(messageOf(values[4]), /has 10003 mistakes:\n(.*\n){20} {2}and 9983 more$/)
  t.match(messageOf(values[2]), /has 100000 mistakes:\n(.*\n){20} {2}and 99980 more$/)
  t.equal(({} as Record<string, unknown>)['polluted'], undefined)
  t.throws(() => parseJson('{"__proto__": {"polluted": 1}}', 'some.json', schema))
  t.equal(({} as Record<string, unknown>)['polluted'], undefined)
})

t.test('a file that is not there is needed, or counts as what is said', async t => {
  const folder = t.testdir()
  const file = join(folder, 'absent.json')
  await t.rejects(readJson(file, schema), { message: /absent\.json: it cannot be read: ENOENT/ })
  t.strictSame(await readJson(file, z.array(schema), { absent: '[]' }), [])
  await mkdir(file)
  await t.rejects(readJson(file, z.array(schema), { absent: '[]' }), {
    code: 'CONFIGURATION',
    message: /cannot be read: EISDIR/,
  })
})
