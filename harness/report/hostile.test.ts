import t from 'tap'
import { Parser, type FinalResults } from 'tap-parser'
import { viewOf } from '../record/view.js'
import { formatNames, type FormatName } from '../contract/format-names.js'
import { formats } from './formats.js'
import { HOSTILE, hostileRun, LONG } from './hostile.fixture.js'

const MAX_BYTES = 4 * 1024 * 1024

async function reported(format: FormatName, text: string): Promise<string> {
  const events = hostileRun(text)
  async function* each() {
    yield* events
  }
  const source = { view: viewOf(events), events: each, folder: '/record' }
  let report = ''
  for await (const chunk of formats[format](source)) report += chunk
  return report
}

for (const format of formatNames) {
  t.test(
    `${format}: nothing in a text acts on a terminal, nor on the CI that shows it`,
    async t => {
      const report = await reported(format, HOSTILE)
      t.match(report, /regressed/, 'it tells of the tests')
      t.notMatch(report, /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
      t.notOk(report.includes('##['))
      if (format !== 'github') t.notMatch(report, /^\s*::/m)
    },
  )

  t.test(
    `${format}: a line of 10 MB everywhere does not make a report that nobody can open`,
    async t => {
      const report = await reported(format, LONG)
      t.ok(Buffer.byteLength(report) < MAX_BYTES, `${Buffer.byteLength(report)} bytes`)
    },
  )
}

t.test('TAP: a parser counts what ended, and nothing that was forged', async t => {
  for (const text of [HOSTILE, LONG]) {
    const tap = await reported('tap', text)
    let points = 0
    const results = await new Promise<FinalResults>(resolve => {
      const parser = new Parser(resolve)
      parser.on('child', (child: Parser) => child.on('assert', () => points++))
      parser.end(tap)
    })
    t.match(results, { ok: false, count: 3, fail: 3, todo: 1, bailout: false })
    t.notMatch(tap, /^Bail out/m)
    t.equal(points, 9)
  }
})

t.test('JSON: it parses, and would not end a script that it is put into', async t => {
  const text = await reported('json', HOSTILE)
  t.notOk(text.includes('<'))
  const report = JSON.parse(text) as { columns: { jobs: { results: { test: string }[] }[] }[] }
  t.equal(report.columns[0]?.jobs[0]?.results[0]?.test, `passed ${HOSTILE}`, 'nothing is lost')
})
