import t from 'tap'
import { ReportBrowser, withoutBrowser } from './browser.fixture.js'
import { largeReport, madeUpReport } from './report.fixture.js'

const options = { skip: withoutBrowser }
const browser = withoutBrowser === false ? await ReportBrowser.start() : undefined
t.teardown(() => browser?.close())

async function shown(t: { testdir(): string }, scheme?: 'light' | 'dark') {
  if (browser === undefined) throw new Error('skipped without a browser')
  return browser.open(await madeUpReport(t.testdir()), scheme)
}

const BROKEN = 'in=ring&on=6.1+plain&test=C2+breaks'

t.test('the page asks for nothing, and its policy refuses nothing of its own', options, async t => {
  const { page, requests, errors, visit } = await shown(t)
  for (const view of ['results', 'promises', 'coverage', 'run']) await visit(`view=${view}`)
  await visit(BROKEN)
  await page.getByRole('button', { name: 'whole file' }).click()
  t.strictSame(requests, [])
  t.strictSame(errors, [])
})

t.test('the verdict and what changed come first', options, async t => {
  const { page } = await shown(t)
  t.equal(
    await page.locator('h1').innerText(),
    '1 test regressed on 6.1 plain and 6.1 debug; 1 result lost; 1 test not run',
  )
  const badges = await page.locator('.badges button').allInnerTexts()
  t.strictSame(
    badges.map(text => text.replaceAll(/\s+/g, ' ')),
    ['▲ 2 regressed', '≈ 1 flaky', '▼ 1 fixed'],
  )
  const card = await page.locator('.cards').innerText()
  t.match(card, /C2 breaks/)
  t.match(card, /kernel\s+6\.1\.8 → 6\.1\.9/)
})

t.test('a test is shown with all that is known of it', options, async t => {
  const { page, visit } = await shown(t)
  await visit(BROKEN)
  const panel = page.locator('.panel')
  t.match(await panel.locator('.problem').innerText(), /should be equal[^]*ring\.ts:4[^]*-a\s+\+b/)
  t.match(await panel.locator('.line-hit').innerText(), /12\s+int line_12;[^]*use-after-free/)
  t.match(await panel.locator('.splat').innerText(), /^BUG: KASAN[^]*0x155 \[ring\]$/)
  const around = panel.locator('.console details')
  await around.first().locator('summary').click()
  t.equal(await around.first().locator('pre').innerText(), 'led to it')
  t.match(
    await panel.getByRole('img', { name: /oldest first/ }).getAttribute('aria-label'),
    'passed, passed, failed, passed, failed',
  )
  t.match(
    await panel.locator('.copy code').innerText(),
    /^modprove replay \/.*\/jobs\/6\.1\.9-plain\/ring\/failures\/1-breaks$/,
  )
  await visit('in=ring&on=6.1+plain&test=C3+wavers')
  t.match(await panel.locator('.first-try').innerText(), /The first try failed[^]*at first/)
})

t.test('the first render of 100 kernels × 200 tests is complete', options, async t => {
  const report = await browser?.open(await largeReport(t.testdir(), 100, 20, 10))
  const page = report?.page
  t.equal(await page?.locator('[role=gridcell]').count(), 2000)
  t.match(await page?.locator('.count').innerText(), /200 tests/)
  t.match(await page?.locator('.facts').innerText(), /19,79\d passed, 20\d failed/)
})
