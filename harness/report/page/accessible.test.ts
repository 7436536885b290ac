import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import t from 'tap'
import { ReportBrowser, withoutBrowser } from './browser.fixture.js'
import { madeUpReport } from './report.fixture.js'

const options = { skip: withoutBrowser }
const browser = withoutBrowser === false ? await ReportBrowser.start() : undefined
t.teardown(() => browser?.close())

const PLACES = [
  'ends=fempsy',
  'in=ring&on=6.1+plain',
  'in=ring&on=6.1+plain&test=C2+breaks',
  'in=ring&on=6.1+plain&test=C3+wavers',
  'view=promises',
  'view=run',
]

for (const scheme of ['light', 'dark'] as const) {
  t.test(`axe finds nothing amiss in ${scheme} colours`, options, async t => {
    const axe = await readFile(
      createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
      'utf8',
    )
    const report = await browser?.open(await madeUpReport(t.testdir()), scheme)
    for (const place of PLACES) {
      await report?.visit(place)
      await report?.page.evaluate(axe)
      const results = await report?.page.evaluate<AxeResults>('axe.run()')
      const found = results?.violations.map(({ id, nodes }) => [
        id,
        nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`),
      ])
      t.strictSame(found, [], place)
      t.ok(results?.passes.some(({ id }) => id === 'color-contrast'))
    }
  })
}

t.test("the reader's choice of colours holds against the system's", options, async t => {
  const report = await browser?.open(await madeUpReport(t.testdir()), 'light')
  const ground = () => report?.page.evaluate('getComputedStyle(document.body).backgroundColor')
  const light = await ground()
  await report?.page.keyboard.press('t')
  t.not(await ground(), light)
  await report?.page.reload()
  t.not(await ground(), light, 'and is kept')
  await report?.page.getByRole('button', { name: 'Light colours' }).click()
  t.equal(await ground(), light)
})
