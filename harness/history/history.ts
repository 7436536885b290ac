import { appendFile, mkdir, open, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { isThere } from '../platform/files/is-there.js'
import { linesOfFile } from '../platform/files/file-lines.js'
import { withLockAt } from '../platform/files/lock.js'
import type { Subject } from '../contract/events.js'
import { headOf } from './entry-head.js'
import { ENTRY_VERSION, entrySchema, isSameSubject, jobKey, type HistoryEntry } from './entry.js'

/** The history's file; every run appends to it, and lines never change. */
export const historyOf = ({ state }: { readonly state: string }): string => `${state}/history.jsonl`

/** Runs that a comparison looks back over. */
export const KEPT_RUNS = 20

/** Earlier entries by {@link jobKey}: oldest first, the last {@link KEPT_RUNS} of each. */
export type PastResults = ReadonlyMap<string, readonly HistoryEntry[]>

/** Appends entries; concurrent runs do not interleave within a line. */
export async function appendHistory(entries: readonly HistoryEntry[], file: string): Promise<void> {
  if (entries.length === 0) return
  await mkdir(dirname(file), { recursive: true })
  const text = entries.map(entry => `${JSON.stringify(entry)}\n`).join('')
  await withLockAt(`${file}.lock`, async () => {
    await appendFile(file, (await endsInALine(file)) ? text : `\n${text}`)
  })
}

/** False if a writer was killed within a line: the next entry then needs a newline first. */
async function endsInALine(file: string): Promise<boolean> {
  const size = (await stat(file).catch(() => undefined))?.size ?? 0
  if (size === 0) return true
  await using handle = await open(file, 'r')
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1)
  return buffer.toString() === '\n'
}

/**
 * Reads the history line by line, in bounded memory. Of several entries of one run, because it was
 * resumed or compared again, the last counts. Leaves out lines of another version or subject, and
 * a line that was cut off.
 *
 * @param subject undefined for a record without one, which has no past
 * @param before the run that is compared. Its own entries are left out, as are those of later runs,
 *   and those of the runs it was merged from, since it began with the first of them.
 * @param leftOut called once for each kind of line that was left out
 */
export async function readHistory(
  file: string,
  subject: Subject | undefined,
  before?: Pick<HistoryEntry, 'run' | 'at'>,
  leftOut: (text: string) => void = () => undefined,
): Promise<PastResults> {
  const past = new Map<string, HistoryEntry[]>()
  if (!(await isThere(file))) return past
  const lost: Record<Unread, number[]> = { damaged: [], 'of another modprove': [] }
  for (const { line, number } of await newestLines(file, before)) {
    const entry = parse(line)
    if (typeof entry === 'string') {
      lost[entry].push(number)
      continue
    }
    if (!isOf(entry, subject)) continue
    const key = jobKey(entry)
    past.set(key, [...(past.get(key) ?? []), entry].slice(-KEPT_RUNS))
  }
  for (const [what, lines] of Object.entries(lost)) {
    const [first] = lines
    if (first === undefined) continue
    const those = lines.length === 1 ? '1 line is' : `${lines.length} lines are`
    leftOut(`${file}:${first}: ${those} ${what}, and left out; the rest counts`)
  }
  return past
}

interface NumberedLine {
  readonly line: string
  readonly number: number
}

/**
 * The newest lines of each job in the file's order, one a run, and those that are no entries: of a
 * year of nights, a twentieth.
 */
async function newestLines(
  file: string,
  before?: Pick<HistoryEntry, 'run' | 'at'>,
): Promise<NumberedLine[]> {
  const jobs = new Map<string, Map<string, NumberedLine>>()
  const others: NumberedLine[] = []
  let number = 0
  for await (const line of linesOfFile(file)) {
    number++
    if (line === '') continue
    const head = headOf(line)
    if (head === undefined) {
      others.push({ line, number })
      continue
    }
    const { run, at, job } = head
    if (before !== undefined && (run === before.run || at >= before.at)) continue
    const runs = jobs.get(job) ?? new Map<string, NumberedLine>()
    jobs.set(job, runs)
    // The last line of a run counts, and stands where it was written.
    runs.delete(run)
    runs.set(run, { line, number })
    const [oldest = ''] = runs.keys()
    if (runs.size > KEPT_RUNS) runs.delete(oldest)
  }
  const kept = [...jobs.values()].flatMap(runs => [...runs.values()])
  return [...others, ...kept].sort((a, b) => a.number - b.number)
}

const isOf = (entry: HistoryEntry, subject: Subject | undefined): boolean =>
  subject !== undefined && entry.subject !== undefined && isSameSubject(entry.subject, subject)

/** The entries of one other run, as a past. */
export function pastOf(entries: readonly HistoryEntry[]): PastResults {
  return new Map(entries.map(entry => [jobKey(entry), [entry]]))
}

/** Why a line is left out. */
type Unread = 'damaged' | 'of another modprove'

function parse(line: string): HistoryEntry | Unread {
  try {
    const value: unknown = JSON.parse(line)
    if (!entrySchema.safeParse(value).success)
      return versioned.safeParse(value).success ? 'of another modprove' : 'damaged'
    return value as HistoryEntry
  } catch {
    return 'damaged'
  }
}

const versioned = z.object({ v: z.number().refine(v => v !== ENTRY_VERSION) })
