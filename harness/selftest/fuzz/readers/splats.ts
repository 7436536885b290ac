import { parseRecord } from '../../../verdict/reader/parse-record.js'
import type { LogRecord } from '../../../contract/log-record.js'
import { FindingReader, recordsOfConsole, type Finding } from '../../../verdict/index.js'
import { kernelLogs } from '../corpus.js'
import { mutateLines } from '../mutate.js'
import { pick, type Random } from '../random.js'
import type { FuzzCase, FuzzReader } from '../reader.js'

const MODULES = [{ name: 'faulty', sources: ['module/faulty.c'] }]
const MAX_TEXT = 32_768
const MAX_TITLE = 160
const MAX_FRAMES = 128
const MAX_BEFORE = 12
const MAX_AFTER = 60

/**
 * Lines that start a report in the kernel's sources, not taken from the parser's table. Lines that
 * only precede one (`list_del corruption`, `refcount_t: …`) do not count.
 */
const COMPLAINT =
  /^(?:BUG: |WARNING: |general protection fault|Kernel panic - not syncing: |UBSAN: |INFO: task \S+ blocked for more than|rcu: INFO: .* detected stalls|watchdog: BUG: soft lockup)/

interface Sample {
  readonly lines: readonly string[]
  readonly form: Form
  /** Lines whose report is found even without the rest of the log. */
  readonly complaints: readonly number[]
}

const FORMS = ['kmsg', 'console'] as const
type Form = (typeof FORMS)[number]

const samples: readonly Sample[] = FORMS.flatMap(form =>
  kernelLogs(`.${form}`).map((text): Sample => {
    const lines = text.split('\n')
    const complains = (line: string): boolean =>
      recordsOf([line], form).some(({ facility, text }) => facility === 0 && COMPLAINT.test(text))
    const complaints = lines.flatMap((line, index) => (complains(line) ? [index] : []))
    return { lines, form, complaints }
  }),
)
/** All lines of a format, for mixing in. */
const sampleLines = (form: Form): string[] =>
  samples.flatMap(sample => (sample.form === form ? sample.lines : []))
const every = { console: sampleLines('console'), kmsg: sampleLines('kmsg') }

function recordsOf(lines: readonly string[], form: Form): LogRecord[] {
  return form === 'console'
    ? recordsOfConsole(lines.join('\n'))
    : lines.flatMap(line => parseRecord(line) ?? [])
}

export const splatReader: FuzzReader = {
  name: 'splats',
  reads: "the kernel's complaints in its log and on its console",
  make: random => (random(2) === 0 ? complained(random) : anything(random)),
  check: ({ input, mustFail, form }) => {
    const lines = input.toString('utf8').split('\n')
    const records = recordsOf(lines, form === 'console' ? form : 'kmsg')
    const reader = new FindingReader(MODULES)
    const found = [...records.flatMap(record => reader.push(record)), ...reader.end()]
    if (reader.end().length > 0) return 'findings that come after the end'
    if (mustFail !== undefined && found.length === 0) return `a false pass: ${mustFail}`
    return outOfBounds(found, records)
  },
}

/** A log with a report, all but whose first line may be lost, cut, or replaced. */
function complained(random: Random): FuzzCase {
  const { lines, complaints, form } = pick(
    samples.filter(each => each.complaints.length > 0),
    random,
  )
  const at = pick(complaints, random)
  const own = lines[at] ?? ''
  const before = lines.slice(Math.max(0, at - random(MAX_BEFORE)), at)
  const after = lines.slice(at + 1, at + 1 + random(MAX_AFTER))
  const changed = [before, after].map(part =>
    part.length === 0 ? part : mutateLines(part, every[form], random),
  )
  const [first = [], second = []] = changed
  return {
    input: Buffer.from([...first, own, ...second].join('\n')),
    mustFail: `it has ${JSON.stringify(own)}`,
    form,
  }
}

function anything(random: Random): FuzzCase {
  const { lines, form } = pick(samples, random)
  const from = random(lines.length)
  const part = lines.slice(from, from + 1 + random(MAX_AFTER))
  return {
    input: Buffer.from(mutateLines(part, every[form], random).join('\n')),
    form,
  }
}

function outOfBounds(found: readonly Finding[], records: readonly LogRecord[]): string | undefined {
  const written = found.reduce((sum, { text }) => sum + text.length, 0)
  const read = records.reduce((sum, { text }) => sum + text.length + 1, 0)
  if (written > read) return `${written} characters out of ${read}`
  const sequences = records.map(({ sequence }) => sequence)
  const inOrder = sequences.every(
    (each, index) => index === 0 || each > (sequences[index - 1] ?? 0),
  )
  for (const { text, title, frames, firstSequence, lastSequence } of found) {
    if (text.length > MAX_TEXT) return 'a text beyond its bound'
    if (title.length > MAX_TITLE || title.includes('\n')) return 'a title beyond its bound'
    if (frames.length > MAX_FRAMES) return 'frames beyond their bound'
    if (inOrder && lastSequence < firstSequence) return 'a report that ends before it begins'
  }
  return undefined
}
