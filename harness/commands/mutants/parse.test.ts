import t from 'tap'
import { ModproveError } from '../../platform/errors.js'
import { parseMutant } from './parse.js'

const header = {
  Breaks: 'The lock is never let go.',
  Precedent: 'CVE-2020-1 (ring)',
  Catcher: '^R1\\b',
  Flavour: 'plain',
  Suites: 'ring, bell',
}
const diff = [
  '--- a/ring.c',
  '+++ b/ring.c',
  '@@ -10,3 +10,2 @@ static int ring(void)',
  ' \tfirst();',
  '-\tunlock();',
  ' \treturn 0;',
  '@@ -40 +39,2 @@',
  ' \tlast();',
  '+\tlast();',
  '',
].join('\n')

const text = (fields: object, rest = `\n${diff}`): string =>
  Object.entries(fields)
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('') + rest

t.test('a patch is its header and its hunks', async t => {
  t.strictSame(
    parseMutant('/m/03-lock-kept.patch', text({ ...header, Finding: 'lockdep, oops' })),
    {
      name: '03-lock-kept',
      file: '/m/03-lock-kept.patch',
      breaks: 'The lock is never let go.',
      catcher: /^R1\b/,
      findings: ['lockdep', 'oops'],
      flavour: 'plain',
      suites: ['ring', 'bell'],
      hunks: [
        { file: 'ring.c', number: 1, before: 10, first: 10, last: 11 },
        { file: 'ring.c', number: 2, before: 40, first: 39, last: 40 },
      ],
    },
  )
})

t.test('an indented line continues the previous one', async t => {
  const folded = text(header).replace('never let', 'never\n  let')
  t.equal(parseMutant('/m/03-lock-kept.patch', folded).breaks, header.Breaks)
})

const { Catcher, ...withoutCatcher } = header
const wrong: readonly (readonly [what: string, said: RegExp, text: string, file?: string])[] = [
  ['an unknown key', /unknown key Catchers/, text({ ...withoutCatcher, Catchers: Catcher })],
  ['a missing key', /Catcher is missing/, text(withoutCatcher)],
  ['an empty value', /Suites is empty/, text({ ...header, Suites: '' })],
  ['a key twice', /Flavour is repeated/, `Flavour: plain\n${text(header)}`],
  ['another line', /expected "Key: value", got "diff --git/, `diff --git a b\n${text(header)}`],
  ['a bad expression', /not a regular expression/, text({ ...header, Catcher: '(' })],
  ['no diff', /no diff/, text(header, '\n')],
  ['a bad name', /a name like 07-freed-twice\.patch/, text(header), '/m/lock.patch'],
]
for (const [what, said, patch, file = '/m/03-lock-kept.patch'] of wrong) {
  t.test(`${what} is named with the file`, async t => {
    try {
      parseMutant(file, patch)
      t.fail('nothing was thrown')
    } catch (error) {
      t.ok(error instanceof ModproveError)
      t.match(error, { code: 'BAD_MUTANT', exitCode: 2, message: said })
      t.match((error as Error).message, file)
    }
  })
}
