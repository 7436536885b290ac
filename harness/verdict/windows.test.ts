import t from 'tap'
import { findingAt as finding } from './finding.fixture.js'
import { charge, type Finding } from './index.js'

const windows = [
  { test: 'opens', firstSequence: 10, lastSequence: 19 },
  { test: 'maps', firstSequence: 30, lastSequence: 39 },
]

const charged = (...findings: Finding[]): (readonly number[])[] => {
  const { tests, suite } = charge(findings, windows)
  return [...tests.map(test => test.findings), suite].map(list =>
    list.map(({ firstSequence }) => firstSequence),
  )
}

void t.test('a finding goes to the test in whose window it began', t => {
  t.strictSame(charged(finding(10), finding(19), finding(30)), [[10, 19], [30], []])
  t.end()
})

void t.test('one that began before, between or after goes to the suite', t => {
  t.strictSame(charged(finding(9), finding(20), finding(29), finding(40)), [
    [],
    [],
    [9, 20, 29, 40],
  ])
  t.end()
})

void t.test('a consequence goes where its cause went', t => {
  t.strictSame(charged(finding(19), finding(35, 19), finding(45, 35)), [[19, 35, 45], [], []])
  t.strictSame(charged(finding(35, 12)), [[], [35], []], 'a cause that is not there is none')
  t.strictSame(charged(finding(35, 35)), [[], [35], []], 'nor is the finding itself')
  t.end()
})
