import t from 'tap'
import { debianSource, loadCatalogue, loadFlavours, selectFlavour } from '../../builder/index.js'
import { columnOf, type Column } from '../../plan/column.js'
import type { SuiteFile } from '../../plan/suite-files.js'
import { plannedJobs } from './planned-jobs.js'

const series = (await loadCatalogue()).find(({ name }) => name === '6.1')
if (series === undefined) throw new Error('the catalogue has no 6.1')
const found = {
  package: series.package,
  version: '6.1.192-3',
  release: '6.1.192',
  suite: 'bookworm',
}
const source = debianSource({ ...found, series })
const flavours = await loadFlavours(undefined)
const columns = (...names: string[]) =>
  names.map(name => columnOf({ kernel: '6.1', source }, selectFlavour(flavours, name)))
const project = { configFile: '/none/modprove.config.json' }
const own = [{ name: 'ring', file: '/s/ring.suite.ts' }]
const both = [...own, { name: 'kunit-list', file: 'kunit:list*' }]

void t.test('a flavour of some suites runs these alone, or what is named', async t => {
  const ids = (...args: [Column[], SuiteFile[], boolean]) =>
    plannedJobs(...args, project).map(({ id }) => id)
  t.strictSame(ids(columns('plain', 'kunit'), both, false), [
    '6.1.192-plain/ring',
    '6.1.192-plain/kunit-list',
    '6.1.192-kunit/kunit-list',
  ])
  t.strictSame(ids(columns('kunit'), own, true), ['6.1.192-kunit/ring'])
  t.strictSame(ids(columns('plain', 'kunit'), own, false), ['6.1.192-plain/ring'])
  t.strictSame(ids([], own, false), [])
})

void t.test('a flavour that is for none of the suites is named with the line to add', async t => {
  t.throws(() => plannedJobs(columns('kunit'), own, false, project), {
    code: 'NO_JOBS',
    message: 'Flavour kunit is for suites that are named kunit…',
    detail: 'These are others: ring',
    remedy: /^Add "kunit" to "suites" in modprove\.config\.ts, which "modprove init" makes/,
  })
})
