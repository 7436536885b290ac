import { readdir, readFile } from 'node:fs/promises'
import t from 'tap'

/** How many promises a dma-buf exporter makes; each is the number of at least one test, as `C13`. */
const PROMISES = 84
const folder = new URL('.', import.meta.url).pathname

const files = (await readdir(folder)).filter(name => name.endsWith('.suite.ts'))
const names = (
  await Promise.all(
    files.map(async file => {
      const text = await readFile(`${folder}${file}`, 'utf8')
      return [...text.matchAll(/\btest\(\s*(['"`])(.*?)\1/gs)].map(([, , name = '']) => name)
    }),
  )
).flat()

/** The numbers at the beginning of a test's name: `C52 a signal …`. */
const numbersOf = (name: string): string[] => /^(?:C\d+,? )+/.exec(name)?.[0].match(/C\d+/g) ?? []

void t.test('every promise has a test that carries its number', async t => {
  const proved = new Set(names.flatMap(numbersOf))
  const missing = Array.from({ length: PROMISES }, (_, index) => `C${index + 1}`).filter(
    promise => !proved.has(promise),
  )
  t.strictSame(missing, [])
  await Promise.resolve()
})

void t.test('no test carries a number that is no promise', async t => {
  const wrong = names.filter(name =>
    numbersOf(name).some(
      number => Number(number.slice(1)) < 1 || Number(number.slice(1)) > PROMISES,
    ),
  )
  t.strictSame(wrong, [])
  t.ok(names.length > PROMISES, `${names.length} names were read`)
  await Promise.resolve()
})
