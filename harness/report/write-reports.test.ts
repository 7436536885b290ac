import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { madeUpRun } from '../record/made-up-run.fixture.js'
import { reportSource, writeReports } from './write-reports.js'

const record = (t: Test, own = {}) => {
  const events = madeUpRun({ '6.1 plain': { mmap: { it: 'fail' } } }, own)
  return t.testdir({
    'events.jsonl': events.map(event => `${JSON.stringify(event)}\n`).join(''),
  })
}

t.test('reports come to lie beside the record they are of', async t => {
  const folder = record(t)
  await writeReports(folder)
  t.match(await readFile(join(folder, 'junit.xml'), 'utf8'), /<testcase [^>]*name="it"/)
  t.match(await readFile(join(folder, 'summary.md'), 'utf8'), /mmap/)
  t.match(await readFile(join(folder, 'report.html'), 'utf8'), /^<!doctype html>/i)
  const { start } = (await reportSource(folder)).view
  t.equal(start.folder, folder, 'wherever it was moved')
})

t.test('those that are named come to lie where that is said, and no others', async t => {
  const folder = record(t)
  const root = join(folder, 'project')
  await writeReports(folder, { junit: 'results/junit.xml' }, root)
  t.strictSame((await readdir(root, { recursive: true })).sort(), ['results', 'results/junit.xml'])
  t.strictSame((await readdir(folder)).sort(), ['events.jsonl', 'project'])
})

t.test('a report that cannot be written is named, and the others are written', async t => {
  const folder = record(t)
  await mkdir(join(folder, 'junit.xml'))
  await t.rejects(writeReports(folder), {
    code: 'REPORTS_FAILED',
    exitCode: 3,
    message: /junit\.xml: /,
  })
  const files = (await readdir(folder)).sort()
  t.strictSame(
    files.filter(file => !/^(summary\.md|.*\.(json|html))$/.test(file)),
    ['events.jsonl', 'junit.xml'],
    'and nothing half-written is left',
  )
  t.ok(files.includes('summary.md') && files.includes('kcidb.json'))
})

t.test('mutants have no such report', async t => {
  await t.rejects(reportSource(record(t, { request: undefined })), { code: 'NOT_A_RUN' })
})
