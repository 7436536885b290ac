import t from 'tap'
import type { FaultResult } from '../../contract/chaos-result.js'
import { countFaults } from './keep-faults.js'
import { chaosRow, chaosTable } from '../../report/activities/chaos.js'

const row: FaultResult = {
  row: 2,
  name: 'panic',
  fault: 'panic inside a test',
  expected: 'that test fails',
  ok: true,
  happened: ['it failed: kernel panic'],
  broken: [],
  checks: 8,
  durationMs: 5000,
}
const otherwise: FaultResult = {
  ...row,
  ok: false,
  broken: [{ what: 'exit status 1', ok: false, seen: '0' }],
}

t.test('a fault tells what was made, expected and seen', async t => {
  t.match(
    chaosRow(row),
    /✓ .*2 panic inside a test[^]*8 checks 5\.0 s[^]*expected  that test fails/,
  )
  t.match(chaosRow(row), /happened  it failed: kernel panic/)
  t.match(chaosRow(otherwise), /✗[^]*exit status 1: 0/)
})

t.test('the table has a row a fault, and says which went otherwise', async t => {
  const lines = chaosTable([row, otherwise]).trimEnd().split('\n')
  t.equal(lines.length, 4)
  t.match(lines[2], /\| 2 \| panic inside a test \| .* \| as expected \| 5\.0 \|/)
  t.match(lines[3], /not so: exit status 1 \(0\) \| otherwise/)
})

t.test('what this user may not make is skipped with the reason', async t => {
  const skipped: FaultResult = { ...row, skipped: 'Only root can; Run it as root' }
  t.match(chaosRow(skipped), /^\S*-.*2 panic[^]*skipped {3}Only root can/)
  t.match(chaosTable([skipped]), /Only root can; Run it as root; .* \| skipped \|/)
  t.match(countFaults([row, otherwise, skipped]), { pass: 1, fail: 1, skip: 1 })
})

t.test('what a guest said stays within its cell, and does nothing to a terminal', async t => {
  const hostile = { ...row, happened: ['a | b\nc \u001b[2J'] }
  const line = chaosTable([hostile]).split('\n')[2] ?? ''
  t.match(line, /a \\\| b c/)
  t.notMatch(line, /\u001b/)
  t.notMatch(chaosRow(hostile), /\u001b\[2J/)
})
