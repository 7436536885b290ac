import t from 'tap'
import { ReportBrowser, withoutBrowser, type OpenReport } from './browser.fixture.js'
import { viewOf } from '../../record/view.js'
import { unbuiltRun } from '../unbuilt.fixture.js'
import { htmlReport } from './html-report.js'
import { madeUpReport } from './report.fixture.js'

const options = { skip: withoutBrowser }
const browser = withoutBrowser === false ? await ReportBrowser.start() : undefined
t.teardown(() => browser?.close())

async function shown(t: { testdir(): string }): Promise<OpenReport> {
  if (browser === undefined) throw new Error('skipped without a browser')
  return browser.open(await madeUpReport(t.testdir()))
}

const listed = ({ page }: OpenReport) => page.locator('.test-row .test-name').allInnerTexts()
const focused = async ({ page }: OpenReport): Promise<string | null> => {
  const element = page.locator(':focus')
  return (await element.getAttribute('title')) ?? element.getAttribute('aria-label')
}

t.test(
  'what is searched and chosen stands in the address, and comes back with it',
  options,
  async t => {
    const report = await shown(t)
    const { page } = report
    t.strictSame(await listed(report), ['C2 breaks', 'C3 wavers', 'C4 maps', 'C5 leaks'])
    await page.getByRole('button', { name: /not run/ }).click()
    await page.getByRole('button', { name: /in error/ }).click()
    t.strictSame(await listed(report), ['C2 breaks', 'C3 wavers'])
    await page.getByLabel('Search').fill('breaks')
    t.strictSame(await listed(report), ['C2 breaks'])
    t.match(page.url(), /#q=breaks&ends=fy$/)
    await page.reload()
    t.strictSame(await listed(report), ['C2 breaks'])
    t.equal(await page.getByLabel('Search').inputValue(), 'breaks')
    await page.getByRole('button', { name: 'clear all' }).click()
    t.equal((await listed(report)).length, 4)
    await page.goBack()
    // The page updates after the browser has reported the event.
    await page.locator('.test-row').nth(1).waitFor({ state: 'detached' })
    t.strictSame(await listed(report), ['C2 breaks'])
  },
)

t.test('a card and the list say why a test failed, and at which line', options, async t => {
  const { page } = await shown(t)
  const why = 'module/ring.c:12 kasan: KASAN: use-after-free Read in ring_ioctl'
  t.strictSame(await page.locator('.card .said').allInnerTexts(), [why], 'once for both columns')
  t.equal(await page.locator('.test-row .said').first().innerText(), why)
})

t.test('a build that has regressed is shown as such, and as no test', options, async t => {
  if (browser === undefined) throw new Error('skipped without a browser')
  const { page } = await browser.open(await htmlReport(t.testdir(), viewOf(unbuiltRun())))
  t.equal(await page.locator('h1').innerText(), '1 kernel could not be made ready')
  const card = page.locator('.card').filter({ hasText: 'last passed' })
  t.match(await card.innerText(), /^▲ regressed\n+kernel, module and machine come up\n/)
  t.equal(await card.getByRole('button').count(), 0, 'there is no more of it to show')
})

t.test('a badge, a suite and a column narrow the list down', options, async t => {
  const report = await shown(t)
  const { page } = report
  await page.getByRole('button', { name: /1 fixed/ }).click()
  t.strictSame(await listed(report), ['C5 leaks'])
  await page.getByRole('button', { name: /Only fixed/ }).click()
  await page.getByRole('button', { name: /^map: list/ }).click()
  t.strictSame(await listed(report), ['C4 maps', 'C5 leaks'])
  await page.getByRole('button', { name: /^6.1.9 plain: list/ }).click()
  t.match(page.url(), /column=6.1\+plain&suite=map/)
})

t.test('the map is walked through with arrows, and its cells open', options, async t => {
  const report = await shown(t)
  const { page } = report
  const tabStops = page.locator('[role=gridcell][tabindex="0"]')
  t.equal(await tabStops.count(), 1)
  await tabStops.focus()
  t.match(
    await focused(report),
    /^ring on 6\.1\.9 plain: 1 failed, 1 flaky, 1 passed of 3 tests, regressed/,
  )
  for (const key of ['ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowDown'])
    await page.keyboard.press(key)
  t.match(await focused(report), /^map on 7\.3\.9 plain: 1 in error, 1 not run/)
  await page.keyboard.press('Home')
  t.match(await focused(report), /^map on 6\.1\.9 plain/)
  await page.keyboard.press('Enter')
  t.strictSame(await page.locator('.job-test .test-name').allInnerTexts(), ['C4 maps', 'C5 leaks'])
  await page.keyboard.press('Escape')
  await page.locator('.panel').waitFor({ state: 'detached' })
  t.match(await focused(report), /^map on 6\.1\.9 plain/, 'the focus is where it was')
})

t.test('keys search, walk, open and tell about themselves', options, async t => {
  const report = await shown(t)
  const { page } = report
  await page.keyboard.press('/')
  t.match(await focused(report), /Search/)
  await page.keyboard.type('j?t/')
  t.equal(await page.getByLabel('Search').inputValue(), 'j?t/', 'they are letters where one types')
  await page.getByLabel('Search').fill('')
  await page.keyboard.press('Escape')
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  t.equal(await page.locator('.panel h2').innerText(), 'C2 breaks')
  t.match(await page.locator('.panel-bar').innerText(), '6.1.9 plain')
  await page.keyboard.press(']')
  t.match(await page.locator('.panel-bar').innerText(), '6.1.9 debug')
  await page.keyboard.press('?')
  await page.getByRole('dialog').waitFor()
  await page.keyboard.press('Escape')
  // A dialog fires its close event in a later task.
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  t.equal(await page.locator('.panel').count(), 1, 'one Escape closes one thing')
})

t.test('a trace leads through the source', options, async t => {
  const { page, visit } = await shown(t)
  await visit('in=ring&on=6.1+plain&test=C2+breaks')
  t.equal(await page.locator('.source .line').count(), 15)
  await page.getByRole('button', { name: 'whole file' }).click()
  t.equal(await page.locator('.source .line').count(), 40)
})
