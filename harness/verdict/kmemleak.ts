import { besideLog, type Finding } from './finding.js'
import { leaksOf, type Allocation } from './leaks.js'
import { parseTraceLine } from './symbols/trace-line.js'

/** Title of the line in the log by which the kernel only counts them. */
export const LEAKS_COUNTED = 'kmemleak: new suspected memory leaks'

const MAX_OBJECTS = 10_000

/**
 * Reads /sys/kernel/debug/kmemleak (Documentation/dev-tools/kmemleak.rst).
 *
 * @param modules names of those under test
 * @param sequence of the last log record when the report was read; it has none of its own
 */
export const readKmemleak = (
  text: string,
  modules: readonly string[],
  sequence: number,
): Finding[] => leaksOf(objectsOf(text), besideLog('kmemleak', 'memory leak', sequence), modules)

/** Without the kernel's count of leaks, where they have been read one by one. */
export function withoutLeakCount(findings: readonly Finding[]): readonly Finding[] {
  const areRead = findings.some(({ kind, isBesideLog }) => kind === 'kmemleak' && isBesideLog)
  return areRead ? findings.filter(({ title }) => title !== LEAKS_COUNTED) : findings
}

function* objectsOf(text: string): Generator<Allocation> {
  const lines = text.split('\n').map(line => line.slice(0, 1000))
  const starts = lines.flatMap((line, index) => (HEAD.test(line) ? [index] : []))
  for (const [nth, start] of starts.slice(0, MAX_OBJECTS).entries())
    yield objectOf(lines.slice(start, starts[nth + 1]).filter(line => line !== ''))
}

const HEAD = /^unreferenced object (?:\(percpu\) )?0x[0-9a-f]{1,16} \(size \d{1,12}\):/

function objectOf(lines: readonly string[]): Allocation {
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
