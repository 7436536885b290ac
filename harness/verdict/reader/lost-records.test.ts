import { readFile } from 'node:fs/promises'
import t from 'tap'
import type { LogRecord } from '../../contract/log-record.js'
import type { Finding } from '../finding.js'
import { mendLosses, type Loss } from './lost-records.js'
import { parseRecord } from './parse-record.js'

const source = new URL('testdata/plain-6.12/warn.kmsg', import.meta.url)
const recorded = (await readFile(source, 'utf8'))
  .split('\n')
  .flatMap(line => parseRecord(line) ?? [])

const lineOf = ({ timeUs, caller, text }: LogRecord): string => {
  const [seconds, micros] = [Math.floor(timeUs / 1e6), String(timeUs % 1e6).padStart(6, '0')]
  return `[${String(seconds).padStart(5)}.${micros}][${caller.padStart(6)}] ${text}`
}

/** The recorded warning, with a flood about it. */
function flooded(): LogRecord[] {
  const at = recorded.findIndex(({ text }) => text.includes('cut here'))
  const [before, after] = [recorded.slice(0, at), recorded.slice(at)]
  const { timeUs = 0, caller = '' } = before.at(-1) ?? {}
  const { timeUs: endUs = 0 } = after.at(-1) ?? {}
  const flood = (from: number, count: number): LogRecord[] =>
    Array.from({ length: count }, (_, index) => {
      const text = `faulty: line ${from + index}`
      return { sequence: 0, timeUs: from, level: 6, facility: 0, caller, text }
    })
  const all = [...before, ...flood(timeUs, 50), ...after, ...flood(endUs, 50)]
  return all.map((record, index) => ({ ...record, sequence: 100 + index }))
}

function read(lost: (record: LogRecord) => boolean, console: readonly LogRecord[] = flooded()) {
  const all = flooded()
  const kept = all.filter(record => !lost(record))
  const losses = kept.flatMap((before, index): Loss[] => {
    const after = kept[index - 1]
    if (after === undefined || before.sequence === after.sequence + 1) return []
    return [{ count: before.sequence - after.sequence - 1, after, before }]
  })
  const modules = [{ name: 'faulty', sources: ['harness/chaos/module/faulty.c'] }]
  const text = console.map(lineOf).join('\n')
  const { lines, findings } = mendLosses(kept, losses, text, modules)
  return { lines, findings: [...findings], losses }
}

const head = flooded().findIndex(({ text }) => text.startsWith('WARNING: ')) + 100
const location = { file: 'harness/chaos/module/faulty.c', line: 34 }
const whole: Partial<Finding> = { kind: 'warning', title: 'WARNING in fault_warn', location }

void t.test('a report that was lost is read from the console', t => {
  const { findings, lines } = read(({ sequence }) => sequence > 110 && sequence < 225)
  t.equal(lines, 114)
  t.equal(findings.length, 1)
  t.match(findings, [{ ...whole, cut: undefined }])
  t.end()
})

void t.test('so is what was lost of it: its head, its middle, its end', t => {
  for (const [from, to] of [
    [head - 20, head + 2],
    [head + 3, head + 12],
    [head + 10, head + 60],
  ] as const) {
    const { findings } = read(({ sequence }) => sequence >= from && sequence <= to)
    t.equal(findings.length, 1)
    t.match(findings, [{ ...whole, cut: undefined, firstSequence: head - 2 }])
    t.equal(findings[0]?.frames.length, 6, 'none of its frames is missing')
  }
  t.end()
})

void t.test('several losses in one report make no second one', t => {
  const { findings, losses } = read(({ sequence }) => sequence > 110 && sequence % 4 !== 0)
  t.ok(losses.length > 10)
  t.equal(findings.length, 1)
  t.match(findings, [whole])
  t.end()
})

void t.test('where the console has none of it, what survived is read', t => {
  const { findings, lines } = read(
    ({ sequence }) => sequence > head + 1 && sequence < head + 12,
    [],
  )
  t.equal(lines, 0)
  t.match(findings, [{ ...whole, cut: /records of the log were lost/ }])
  t.end()
})

void t.test('a report beside what was lost is not read again', t => {
  const { findings } = read(({ sequence }) => sequence > 105 && sequence < 130)
  t.strictSame(findings, [])
  t.end()
})
