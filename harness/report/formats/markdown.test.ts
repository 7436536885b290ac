import { micromark } from 'micromark'
import { gfm, gfmHtml } from 'micromark-extension-gfm'
import t from 'tap'
import type { RunEvent } from '../../contract/events.js'
import { madeUpRun } from '../../record/made-up-run.fixture.js'
import { syntheticRun } from '../../record/synthetic.fixture.js'
import { viewOf } from '../../record/view.js'
import { HOSTILE, hostileRun, LONG } from '../hostile.fixture.js'
import { markdown } from './markdown.js'
import { unbuiltRun } from '../unbuilt.fixture.js'

/** GitHub's limit for a step's summary. */
const MIB = 1024 ** 2

const reported = (events: Iterable<RunEvent>): string => [...markdown(viewOf(events))].join('')

/** As GitHub renders it, before it removes unsafe HTML. */
const rendered = (text: string): string =>
  micromark(text, {
    allowDangerousHtml: true,
    allowDangerousProtocol: true,
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
  })

/** Text that escapes from a code span which ends at the first backtick. */
const BROKEN_OUT = '`[a](https://evil.example)<img src=x>`'

const OURS = 'h2 h3 p ul li table thead tbody tr th td details summary code pre'.split(' ')

t.test('what a guest says is rendered as code, and makes no tag, link or picture', async t => {
  for (const text of [
    HOSTILE,
    LONG,
    BROKEN_OUT,
    '|',
    '`',
    '``',
    '\\|',
    '$',
    '',
    '</code>',
    '[a](b)',
  ]) {
    const page = rendered(reported(hostileRun(text)))
    const tags = new Set([...page.matchAll(/<\/?([a-z!?][\w-]*)/gi)].map(([, tag = '']) => tag))
    t.same(
      [...tags].filter(tag => !OURS.includes(tag)),
      [],
    )
    const outside = page.replaceAll(/<code[^>]*>[^<]*<\/code>/g, '')
    t.notMatch(outside, /evil|forged|octocat|alert|%0A/)
    const attributes = [...page.matchAll(/<\w+ ([^>]*)>/g)].map(([, attribute]) => attribute)
    t.same(
      [...new Set(attributes)].filter(attribute => attribute !== 'class="language-text"'),
      [],
    )
  }
})

t.test('a table has as many cells in each row as kernels, whatever they are called', async t => {
  const page = rendered(reported(madeUpRun({ '6.1 a|b`\\|': { 'x|`': { c: 'pass' } } })))
  t.equal(page.match(/<th>/g)?.length, 2)
  t.equal(page.match(/<td>/g)?.length, 2)
})

t.test('it is never longer than GitHub takes, and says what it leaves out', async t => {
  const many = reported(syntheticRun({ kernels: [1, 2, 3, 4, 5], suites: 200, tests: 40 }))
  t.ok(Buffer.byteLength(many) < MIB)
  t.match(many, /- … and \d+ more/)
  t.match(many.trimEnd().split('\n').at(-1), /^\d+ more are not shown here: see the record\.$/)
  const wide = Object.fromEntries(
    Array.from({ length: 300 }, (_, n) => [
      `6.${n} plain`,
      Object.fromEntries(
        Array.from({ length: 300 }, (_, m) => [`s${m}`, { a: m === 7 ? 'fail' : 'pass' }] as const),
      ),
    ]),
  )
  const matrix = reported(madeUpRun(wide))
  t.ok(Buffer.byteLength(matrix) < MIB)
  t.match(matrix, '299 suites more are not shown.')
})

t.test('regressions stand first, with what changed and the line of the module', async t => {
  const text = reported(hostileRun('x'))
  t.match(text, /^## ❌ 3 passed, 4 failed, 1 skipped, 2 failed as expected, 1 not run\n/)
  const order = [
    '### Not ready',
    '### Regressed (1)',
    '### Failed (1)',
    '### Flaky',
    '### Lost: no verdict on the module (1)',
    '### Not run (1)',
    '### Fixed',
    '### Evidence',
  ]
  const found = order.map(title => text.indexOf(title))
  t.same(
    found,
    found.toSorted((a, b) => a - b),
  )
  t.match(text, '`regressed x` at `module/ring.c:7`')
  t.match(text, '`passed in good; since then: compiler x → x`')
})

t.test(
  'a build that has regressed says what changed since; one that is fixed is of no suite',
  async t => {
    const text = reported(unbuiltRun())
    t.match(
      text,
      '- 🚫 `6.1.9 plain`: `it does not compile`\n  - `passed in R1; since then: module a → b`\n',
    )
    t.match(text, '- ✅ `6.12 plain` `kernel, module and machine come up`\n')
  },
)
