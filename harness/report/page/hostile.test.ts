import t from 'tap'
import { ReportBrowser, withoutBrowser } from './browser.fixture.js'
import { finding, madeUpReport } from './report.fixture.js'

const HOSTILE = [
  '</script><script>window.taken = 1</script>',
  '<img src="http://127.0.0.1:9/x" onerror="window.taken = 2">',
  '<!-- <script>',
  '"><svg onload=window.taken=3>',
  'javascript:window.taken=4',
  '\u001b[2J\u0000\u202eevil\u2028',
  '{{constructor.constructor("window.taken=5")()}}',
].join(' ')

const skip = withoutBrowser
t.test(
  'what a guest says makes no element, runs no script and asks for nothing',
  { skip },
  async t => {
    const browser = await ReportBrowser.start()
    t.teardown(() => browser.close())
    const html = await madeUpReport(t.testdir(), end =>
      end.status === 'pass'
        ? end
        : {
            ...end,
            test: `${end.test} ${HOSTILE}`,
            reason: HOSTILE,
            cause: HOSTILE,
            problems: [
              {
                kind: 'assertion',
                message: HOSTILE,
                detail: `@@ ${HOSTILE}\n-${HOSTILE}`,
                at: { file: HOSTILE, line: 1 },
              },
            ],
            findings: [
              {
                ...finding,
                title: HOSTILE,
                text: HOSTILE,
                trace: [{ note: HOSTILE }, { stack: `${HOSTILE}:` }],
              },
            ],
          },
    )
    t.notMatch(html, /[\u001b\u009b\u202e\u0000]/, 'nor is any of it raw in the file')
    const { page, requests, errors, visit } = await browser.open(html)
    t.match(
      await page.locator('main').innerText(),
      '<img src="http://127.0.0.1:9/x"',
      'it is shown',
    )
    const links = page.locator('.test-row')
    for (let at = 0; at < (await links.count()); at++) {
      await links.nth(at).focus()
      await page.keyboard.press('Enter')
      await page.locator('.panel h2').waitFor()
    }
    const panel = await page.locator('.panel').innerText()
    t.match(
      panel,
      String.raw`\x1b[2J\x00\u{202e}evil\u{2028}`,
      'what would deceive is made visible',
    )
    t.notMatch(panel, /[\u202e\u0000\u001b]/)
    await visit(
      new URLSearchParams({ q: HOSTILE, suite: HOSTILE, in: HOSTILE, on: HOSTILE }).toString(),
    )
    t.equal(await page.locator('img, svg:not(.strip), iframe, object').count(), 0)
    t.equal(await page.locator('script').count(), 3, 'two documents and the page itself')
    t.equal(await page.evaluate('window.taken'), undefined)
    t.strictSame(requests, [])
    t.strictSame(errors, [])
  },
)
