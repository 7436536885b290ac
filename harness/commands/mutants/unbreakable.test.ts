import t from 'tap'
import { loadUnbreakable } from './unbreakable.js'

const known = new Set(['R1', 'R2'])
const moduleOf = (text: string): string =>
  t.testdir({ module: { mutants: { 'unbreakable.json': text } } }) + '/module'

t.test('a list gives each promise its reason, and none is needed', async t => {
  const folder = moduleOf('[{"promises": ["R1", "R2"], "reason": "the core keeps them"}]')
  t.strictSame(
    await loadUnbreakable(folder, known),
    new Map([
      ['R1', 'the core keeps them'],
      ['R2', 'the core keeps them'],
    ]),
  )
  t.equal((await loadUnbreakable(t.testdirName + '/elsewhere', known)).size, 0)
})

t.test('a malformed list is an error with its place', async t => {
  for (const [text, message] of [
    ['[{', /unbreakable\.json: /],
    ['{}', /it should be a list, got \{\}/],
    ['[{"promises": ["R1"]}]', /\[0\]\.reason is missing: it should be some text/],
    [
      '[{"promises": ["R3"], "reason": "x"}]',
      /\[0\]\.promises\[0\] should be a promise that a test has, got "R3"/,
    ],
    ['[{"promises": ["R1", "R1"], "reason": "x"}]', /promises\[1\] should be there once, got "R1"/],
  ] as const) {
    await t.rejects(loadUnbreakable(moduleOf(text), known), { code: 'CONFIGURATION', message })
  }
})
