import { join } from 'node:path'
import t from 'tap'
import { readResult } from './result-file.js'
import { comparisonTable, tableLine, type BenchResult } from './table.js'

const result = (...values: number[]): BenchResult => ({
  at: '2026-01-01T00:00:00.000Z',
  host: { cpu: 'x', cpus: 2, kernel: '6.1' },
  qemu: 'QEMU 7.2',
  accelerator: 'tcg',
  commit: null,
  readings: [{ row: 'restore', unit: 'ms', values }],
})

void t.test('a row shows median, spread and number of readings', t => {
  const [readings] = result(300, 100, 200).readings
  t.match(readings && tableLine(readings), /restore +200 ms +100 … +300 +3\n/)
  t.end()
})

void t.test('a comparison is a ratio, and marks differences that may be chance', t => {
  const sure = comparisonTable(result(100, 101), result(200, 202))
  t.match(sure, /× 2\.00\n/)
  t.notMatch(sure, /within spread/)
  t.match(comparisonTable(result(100, 300), result(200, 400)), /within spread/)
  const none = comparisonTable({ ...result(1), readings: [] }, result(1))
  t.notMatch(none, /×/, 'rows of both only')
  t.match(none, /before: 2026.*commit unknown.*Linux 6\.1, QEMU 7\.2, tcg\nafter:  2026/)
  t.end()
})

void t.test('a file that is not a result is refused by name', async t => {
  const resultOf = (reading: object) => JSON.stringify({ readings: [reading] })
  const folder = t.testdir({
    text: 'no',
    none: '{"readings":[]}',
    empty: resultOf({ row: 'a', unit: 'ms', values: [] }),
    unitless: resultOf({ row: 'a', values: [1] }),
    hostless: resultOf({ row: 'a', unit: 'ms', values: [1] }),
    words: resultOf({ row: 'a', unit: 'ms', values: ['q'] }),
  })
  for (const name of ['text', 'none', 'empty', 'unitless', 'hostless', 'words', 'absent'])
    await t.rejects(readResult('bench', join(folder, name)), { code: 'NOT_A_BENCH', message: name })
})
