import { KernelLog } from '../../../guest/log/kernel-log.js'
import { parseRecord } from '../../../verdict/reader/parse-record.js'
import type { LogRecord } from '../../../contract/log-record.js'
import { kernelLogs } from '../corpus.js'
import { mutateBytes, mutateLines } from '../mutate.js'
import { pick } from '../random.js'
import type { FuzzReader } from '../reader.js'

const MAX_TEXT = 8192
const MAX_LINES = 60

const samples = kernelLogs('.kmsg').map(text => text.split('\n'))
const every = samples.flat()

export const kmsgReader: FuzzReader = {
  name: 'kmsg',
  reads: "records of the guest's /dev/kmsg",
  make: random => {
    const base = pick(samples, random)
    const from = random(base.length)
    const lines = mutateLines(base.slice(from, from + 1 + random(MAX_LINES)), every, random)
    return { input: mutateBytes(Buffer.from(lines.join('\n')), random) }
  },
  check: ({ input }) => {
    const lines = input.toString('utf8').split('\n')
    const log = new KernelLog(() => Promise.resolve())
    for (const line of lines) {
      const wrong = unlikeItsLine(line, parseRecord(line))
      if (wrong !== undefined) return `${wrong}: ${JSON.stringify(line.slice(0, 300))}`
      log.take(line)
    }
    const kept = log.since(-1)
    if (kept.length + log.dropped + log.malformed !== lines.length)
      return `${lines.length} lines are ${kept.length} records and ${log.malformed} that are none`
    const [first] = kept
    const spanned = first === undefined ? 0 : log.last - first.sequence + 1
    // Gaps between records must be reported as lost.
    if (log.dropped === 0 && spanned !== kept.length + log.lost)
      return `of ${spanned} records ${kept.length} came and ${log.lost} are reported lost`
    return undefined
  },
}

/** Compares a record with its line by another parser: only the kernel may speak as the kernel. */
function unlikeItsLine(line: string, record: LogRecord | undefined): string | undefined {
  const end = line.indexOf(';')
  const [priority = '', sequence = '', time = '', ...flags] = line
    .slice(0, Math.max(0, end))
    .split(',')
  const isRecord = end >= 0 && [priority, sequence, time].every(each => /^\d+$/.test(each))
  if (record === undefined) return undefined
  if (!isRecord || flags.length === 0) return 'a record that is none'
  if (record.facility !== Math.floor(Number(priority) / 8)) return 'another facility'
  if (record.level !== Number(priority) % 8) return 'another level'
  if (record.sequence !== Number(sequence) || record.timeUs !== Number(time)) return 'another time'
  if (!Number.isSafeInteger(record.sequence)) return 'a number that is not exact'
  if (record.caller !== '' && !flags.includes(`caller=${record.caller}`)) return 'another caller'
  if (record.text !== line.slice(end + 1).slice(0, MAX_TEXT)) return 'another text'
  return undefined
}
