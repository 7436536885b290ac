import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { INSIDE, mapTexts } from './bundle.js'
import { readBundle } from './read-bundle.js'
import { sumOf, sumsOf } from './sum-of.js'

t.test('each text of a value is replaced, wherever it is', async t => {
  const value = { a: ['/cache/x', { b: '/cache/y' }], 1: null, c: 3, d: true }
  const inside = (text: string): string => text.replace('/cache/', INSIDE)
  t.strictSame(await mapTexts(value, inside), {
    ...value,
    a: [`${INSIDE}x`, { b: `${INSIDE}y` }],
  })
})

t.test('a bundle is verified before anything of it is read', async t => {
  const bundle = t.testdir({ 'plan.json': '{}', files: { a: 'a' } })
  const file = join(bundle, 'files/a')
  await t.rejects(readBundle(bundle), { code: 'NOT_A_BUNDLE', exitCode: 2, remedy: /bundle wrote/ })
  await writeFile(join(bundle, 'sums.json'), JSON.stringify({ 'files/a': await sumOf(file) }))
  await t.rejects(readBundle(bundle), { code: 'NOT_A_PLAN' }, 'whole')
  await writeFile(file, 'b')
  const damaged = { code: 'BUNDLE_DAMAGED', exitCode: 3 }
  await t.rejects(readBundle(bundle), { ...damaged, message: `${file} is not what was written` })
  await rm(file)
  await t.rejects(readBundle(bundle), { ...damaged, message: `${file} is missing` })
  await mkdir(file)
  await t.rejects(readBundle(bundle), damaged)
})

t.test("a change in the bundle's own modprove is noticed, too", async t => {
  const own = 'modprove/harness/plan/column.ts'
  const bundle = t.testdir({ modprove: { harness: { plan: { 'column.ts': 'a' } } } })
  await writeFile(join(bundle, 'sums.json'), JSON.stringify(await sumsOf(bundle)))
  await writeFile(join(bundle, own), 'b')
  await t.rejects(readBundle(bundle), {
    code: 'BUNDLE_DAMAGED',
    message: `${join(bundle, own)} is`,
  })
})
