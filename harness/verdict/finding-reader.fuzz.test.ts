import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { parseRecord } from '../guest/log/parse.js'
import type { LogRecord } from '../log-record.js'
import { FindingReader, type Finding } from './index.js'

const CASES = 600
const MAX_TEXT_CHARACTERS = 32_768
const MAX_TITLE_CHARACTERS = 160

const testdata = new URL('testdata/debug-6.1/', import.meta.url)
const corpus = readdirSync(testdata)
  .filter(file => file.endsWith('.kmsg'))
  .map(file => readFileSync(new URL(file, testdata), 'utf8').split('\n'))

/** mulberry32: the same cases in every run. */
function random(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

const pick = <T>(items: readonly T[], below: (n: number) => number): T =>
  items[below(items.length)] as T

function mutated(below: (n: number) => number): LogRecord[] {
  const start = pick(corpus, below)
  const lines = start.slice(0, 1 + below(start.length))
  for (let times = below(12); times > 0; times--) {
    const at = below(lines.length)
    const line = lines[at] ?? ''
    const cut = below(line.length + 1)
    const edits: readonly (() => void)[] = [
      () => lines.splice(at, 1 + below(20)),
      () => lines.splice(at, 0, ...pick(corpus, below).slice(0, below(40))),
      () => (lines[at] = line.slice(0, cut)),
      () => (lines[at] = line.slice(0, cut) + pick(pick(corpus, below), below)),
      () => (lines[at] = line.slice(0, cut) + ' \u001b[31m\u0000[<('.repeat(below(400))),
      () => (lines[at] = line.slice(0, cut) + 'a+0x1/0x2 [m] '.repeat(below(400))),
      () => (lines[at] = line.replace(/caller=\w+/, `caller=C${below(999)}`)),
      () => (lines[at] = line.replace(/;.*/, `;${'='.repeat(below(2000))}`)),
      () => lines.push(...lines.slice(0, below(30))),
    ]
    pick(edits, below)()
  }
  return lines.flatMap(line => parseRecord(line) ?? [])
}

function check(found: readonly Finding[], input: readonly LogRecord[]): string | undefined {
  const written = found.reduce((sum, { text }) => sum + text.length, 0)
  const wasRead = input.reduce((sum, { text }) => sum + text.length + 1, 0)
  if (written > wasRead) return `${written} characters out of ${wasRead}`
  for (const finding of found) {
    if (finding.text.length > MAX_TEXT_CHARACTERS) return 'a text beyond its bound'
    if (finding.title.length > MAX_TITLE_CHARACTERS) return 'a title beyond its bound'
    if (/[\n]/.test(finding.title)) return 'a title of two lines'
    if (finding.frames.length > 128) return 'frames beyond their bound'
    if (finding.lastSequence < finding.firstSequence && input.length > 0) {
      const sequences = input.map(({ sequence }) => sequence)
      if (sequences.every((each, index) => index === 0 || each > (sequences[index - 1] ?? 0)))
        return 'a report that ends before it begins'
    }
  }
  return undefined
}

void t.test(`${CASES} mutated logs are read without a crash and within bounds`, t => {
  const below = random(20261122)
  const wrong: string[] = []
  for (let nth = 0; nth < CASES; nth++) {
    const input = mutated(below)
    try {
      const reader = new FindingReader([{ name: 'faulty', sourcePrefix: 'module/' }])
      const found = [...input.flatMap(record => reader.push(record)), ...reader.end()]
      const problem = check(found, input)
      if (problem !== undefined) wrong.push(`case ${nth}: ${problem}`)
    } catch (error) {
      wrong.push(`case ${nth}: ${String(error)}`)
    }
  }
  t.strictSame(wrong, [])
  t.end()
})

/** Counts how often a regular expression is run while `work` runs, and on how many characters. */
function counting(work: () => void): { runs: number; characters: number } {
  const count = { runs: 0, characters: 0 }
  const original = Reflect.getOwnPropertyDescriptor(RegExp.prototype, 'exec')
  const exec = original?.value as (this: RegExp, text: string) => RegExpExecArray | null
  RegExp.prototype.exec = function (text) {
    count.runs++
    count.characters += text.length
    return exec.call(this, text)
  }
  try {
    work()
  } finally {
    RegExp.prototype.exec = exec
  }
  return count
}

void t.test('twice the log is twice the work, and no line costs more than a bound', t => {
  const lines: readonly (readonly [string, string])[] = [
    ['ordinary lines', 'ring_test: pushed 12 of 13 items'],
    ['headlines', 'BUG: KASAN: use-after-free in f+0x1/0x2'],
    ['openings', '------------[ cut here ]------------'],
    ['rules', '='.repeat(1000)],
    ['frames', ` ${'a'.repeat(190)}+0x1/0x2 [m]`],
    ['lines that are almost frames', ` ${'a'.repeat(900)}`],
    ['lines that are almost headlines', `BUG: KASAN: ${'in '.repeat(300)}`],
    ['preludes', 'page:0 refcount:0'],
  ]
  for (const [name, text] of lines) {
    const cost = (records: number): { runs: number; characters: number } =>
      counting(() => {
        const reader = new FindingReader([{ name: 'faulty', sourcePrefix: 'module/' }])
        for (let sequence = 0; sequence < records; sequence++)
          reader.push({ sequence, timeUs: sequence, level: 4, facility: 0, caller: 'T1', text })
        reader.end()
      })
    const [once, twice] = [cost(2000), cost(4000)]
    t.ok(twice.runs <= 2.1 * once.runs, `${name}: ${once.runs} runs, then ${twice.runs}`)
    t.ok(once.runs / 2000 < 120, `${name}: ${once.runs / 2000} runs a line`)
    t.ok(once.characters / 2000 < 40 * 1000, `${name}: ${once.characters / 2000} characters a line`)
  }
  t.end()
})
