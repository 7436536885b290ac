import t from 'tap'
import { formatFragment, optionsFor, parseFragment } from './fragment.js'

const names = (series: string, text: string): string[] =>
  optionsFor(series, parseFragment(text, 'x.config')).map(option => option.name)

void t.test('a line is an option, with its source', t => {
  const text = '# a comment\n\nCONFIG_A=y\nCONFIG_B="text" # why\nCONFIG_C=-1\nCONFIG_D=m'
  t.strictSame(parseFragment(text, 'x.config'), [
    { name: 'CONFIG_A', value: 'y', source: 'x.config:3' },
    { name: 'CONFIG_B', value: '"text"', source: 'x.config:4' },
    { name: 'CONFIG_C', value: '-1', source: 'x.config:5' },
    { name: 'CONFIG_D', value: 'm', source: 'x.config:6' },
  ])
  t.end()
})

void t.test('a range includes both its ends', t => {
  const text = [
    'CONFIG_FROM=y # 5.14..',
    'CONFIG_TO=y # ..7.2 gone later',
    'CONFIG_BETWEEN=y # 6.1..6.12',
    'CONFIG_EXACT=y # 6.12..6.12',
  ].join('\n')
  t.strictSame(names('5.10', text), ['CONFIG_TO'])
  t.strictSame(names('6.1', text), ['CONFIG_FROM', 'CONFIG_TO', 'CONFIG_BETWEEN'])
  t.strictSame(names('6.12', text), ['CONFIG_FROM', 'CONFIG_TO', 'CONFIG_BETWEEN', 'CONFIG_EXACT'])
  t.strictSame(names('7.2', text), ['CONFIG_FROM', 'CONFIG_TO'])
  t.strictSame(names('7.3', text), ['CONFIG_FROM'])
  t.end()
})

void t.test('the last line that applies wins, also over an earlier fragment', t => {
  const base = parseFragment('CONFIG_A=y\nCONFIG_B=y', 'base.config')
  const flavour = parseFragment('CONFIG_A=n\nCONFIG_B=n # 7.2..', 'flavour.config')
  t.equal(
    formatFragment(optionsFor('6.1', [...base, ...flavour])),
    'CONFIG_B=y\n# CONFIG_A is not set\n',
  )
  t.end()
})

void t.test('what a machine asks for changes nothing where the project asks for it as well', t => {
  const machine = parseFragment('CONFIG_ACPI=y', 'acpi.config')
  const project = parseFragment('CONFIG_BLOCK=y\nCONFIG_ACPI=y', 'gallery.config')
  t.equal(
    formatFragment(optionsFor('6.1', [...machine, ...project])),
    formatFragment(optionsFor('6.1', project)),
  )
  t.end()
})

void t.test('a malformed line is refused with file and line', t => {
  const cases = [
    'CONFIG_A',
    'A=y',
    'CONFIG_A=M',
    'CONFIG_A=y # 5..',
    'CONFIG_A=y#6.1..',
    'CONFIG_A=y # from 6.1..',
    'CONFIG_A=y # ..',
    'CONFIG_A=y # 6.12..6.1',
  ]
  for (const line of cases) {
    t.throws(() => parseFragment(`\n${line}`, 'x.config'), {
      code: 'CONFIGURATION',
      exitCode: 2,
      message: /^x\.config:2: expected /,
    })
  }
  t.end()
})
