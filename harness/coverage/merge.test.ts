import t from 'tap'
import { mergeCoverage, type SourceCoverage } from './merge.js'

const source = (
  lines: readonly [number, number][],
  counts: readonly number[],
  file = 'module/driver.c',
): SourceCoverage => ({
  file,
  lines: new Map(lines),
  functions: new Map([['driver_open', { line: 10, count: lines[0]?.[1] ?? 0 }]]),
  branches: [{ line: 11, function: 'driver_open', counts }],
})

void t.test('lines, functions and branches of one file are summed', t => {
  const [merged, ...others] = mergeCoverage([
    source([[10, 1], [11, 0]], [1, 0]), // prettier-ignore
    source([[10, 2], [12, 3]], [0, 2]), // prettier-ignore
  ])
  t.same(others, [])
  t.same([...(merged?.lines ?? [])], [[10, 3], [11, 0], [12, 3]]) // prettier-ignore
  t.equal(merged?.functions.get('driver_open')?.count, 3)
  t.same(merged?.branches, [{ line: 11, function: 'driver_open', counts: [1, 2] }])
  t.end()
})

void t.test('branches that another compilation does not have stay apart', t => {
  const [merged] = mergeCoverage([source([[11, 1]], [1, 0]), source([[11, 1]], [0, 0, 4, 0])])
  t.same(
    merged?.branches.map(({ counts }) => counts),
    [
      [1, 0],
      [0, 0, 4, 0],
    ],
  )
  t.end()
})

void t.test('files are kept apart, and sorted', t => {
  const merged = mergeCoverage([source([], [], 'module/z.c'), source([], [], 'module/a.c')])
  t.same(
    merged.map(({ file }) => file),
    ['module/a.c', 'module/z.c'],
  )
  t.end()
})
