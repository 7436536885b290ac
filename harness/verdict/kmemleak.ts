import { grouped, type Group } from '../platform/grouped.js'
import { besideLog, type Finding, type Frame } from './finding.js'
import { parseTraceLine, plainName, relevantFrame } from './symbols/frames.js'

/** Title of the line in the log by which the kernel only counts them. */
export const LEAKS_COUNTED = 'kmemleak: new suspected memory leaks'

const MAX_OBJECTS = 10_000
const MAX_TEXT_CHARACTERS = 8192

interface Unreferenced {
  readonly task: NonNullable<Finding['task']>
  readonly frames: readonly Frame[]
  readonly text: string
}

/**
 * Reads /sys/kernel/debug/kmemleak (Documentation/dev-tools/kmemleak.rst); objects with the same
 * stack become one finding.
 *
 * @param modules names of those under test
 * @param sequence of the last log record when the report was read; it has none of its own
 */
export function readKmemleak(
  text: string,
  modules: readonly string[],
  sequence: number,
): Finding[] {
  const groups = grouped(objectsOf(text), ({ frames }) =>
    frames.map(({ function: name, offset }) => `${name}+${offset}`).join(),
  )
  return [...groups.values()].map(group => leakOf(group, new Set(modules), sequence))
}

/** Without the kernel's count of leaks, where they have been read one by one. */
export function withoutLeakCount(findings: readonly Finding[]): readonly Finding[] {
  const areRead = findings.some(({ kind, isBesideLog }) => kind === 'kmemleak' && isBesideLog)
  return areRead ? findings.filter(({ title }) => title !== LEAKS_COUNTED) : findings
}

function leakOf(
  [{ task, frames, text }, ...others]: Group<Unreferenced>,
  modules: ReadonlySet<string>,
  sequence: number,
): Finding {
  const relevant = relevantFrame(frames, modules, false)
  const name = relevant === undefined ? undefined : plainName(relevant.function)
  return {
    ...besideLog('kmemleak', `memory leak${name === undefined ? '' : ` in ${name}`}`, sequence),
    function: name,
    frames,
    locationReason: modules.has(relevant?.module ?? '') ? 'not looked up' : undefined,
    task,
    text: text.slice(0, MAX_TEXT_CHARACTERS),
    cut:
      text.length > MAX_TEXT_CHARACTERS
        ? `the report is longer than ${MAX_TEXT_CHARACTERS} characters`
        : undefined,
    count: 1 + others.length,
  }
}

function* objectsOf(text: string): Generator<Unreferenced> {
  const lines = text.split('\n').map(line => line.slice(0, 1000))
  const starts = lines.flatMap((line, index) => (HEAD.test(line) ? [index] : []))
  for (const [nth, start] of starts.slice(0, MAX_OBJECTS).entries())
    yield objectOf(lines.slice(start, starts[nth + 1]).filter(line => line !== ''))
}

const HEAD = /^unreferenced object (?:\(percpu\) )?0x[0-9a-f]{1,16} \(size \d{1,12}\):/

function objectOf(lines: readonly string[]): Unreferenced {
  const [, comm = '', pid = '0'] =
    lines
      .slice(1, 4)
      .map(line => /^ {2}comm "(.{0,64})", pid (\d{1,10}), jiffies \d{1,20}/.exec(line))
      .find(match => match !== null) ?? []
  const trace = lines.findIndex(line => /^ {2}backtrace/.test(line))
  return {
    task: { comm, pid: Number(pid) },
    frames: (trace === -1 ? [] : lines.slice(trace + 1)).flatMap(
      line => parseTraceLine(line) ?? [],
    ),
    text: lines.join('\n'),
  }
}
