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

t.test('a list of another form says where', async t => {
  for (const [text, message] of [
    ['[{', /unbreakable\.json: /],
    ['{}', /is no list/],
    ['[{"promises": ["R1"]}]', /entry 1 lacks promises or reason/],
    ['[{"promises": ["R3"], "reason": "x"}]', /no test has promise R3/],
    ['[{"promises": ["R1", "R1"], "reason": "x"}]', /promise R1 is there twice/],
  ] as const) {
    await t.rejects(loadUnbreakable(moduleOf(text), known), { code: 'CONFIGURATION', message })
  }
})
