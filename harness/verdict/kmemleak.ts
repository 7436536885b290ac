import { besideLog, type Finding, type Frame } from './finding.js'
import { parseTraceLine, plainName, relevantFrame } from './frames.js'

const MAX_OBJECTS = 10_000
const MAX_TEXT_CHARACTERS = 8192

/** Unreferenced objects with the same allocation stack. */
export interface Leak extends Finding {
  readonly kind: 'kmemleak'
  /** Of one object, in bytes; the largest if they differ. */
  readonly sizeBytes: number
  /** Age of the oldest object when read, in seconds; newer kernels do not print it. */
  readonly ageSeconds: number | undefined
}

interface Unreferenced {
  readonly sizeBytes: number
  readonly comm: string
  readonly pid: number
  readonly ageSeconds: number | undefined
  readonly frames: readonly Frame[]
  readonly lines: readonly string[]
}

/**
 * Reads /sys/kernel/debug/kmemleak (Documentation/dev-tools/kmemleak.rst); objects with the same
 * stack become one finding.
 *
 * @param modules names of those under test
 * @param sequence of the last log record when the report was read; it has none of its own
 */
export function readKmemleak(text: string, modules: readonly string[], sequence: number): Leak[] {
  const groups = new Map<string, Unreferenced[]>()
  for (const object of objectsOf(text)) {
    const key = object.frames.map(({ function: name, offset }) => `${name}+${offset}`).join()
    groups.set(key, [...(groups.get(key) ?? []), object])
  }
  return [...groups.values()].flatMap(group => leakOf(group, new Set(modules), sequence))
}

function leakOf(
  group: readonly Unreferenced[],
  modules: ReadonlySet<string>,
  sequence: number,
): Leak[] {
  const [first] = group
  if (first === undefined) return []
  const relevant = relevantFrame(first.frames, modules)
  const name = relevant === undefined ? undefined : plainName(relevant.function)
  const ages = group.flatMap(({ ageSeconds }) => (ageSeconds === undefined ? [] : [ageSeconds]))
  const whole = first.lines.join('\n')
  return [
    {
      ...besideLog('kmemleak', `memory leak${name === undefined ? '' : ` in ${name}`}`, sequence),
      kind: 'kmemleak',
      function: name,
      frames: first.frames,
      locationReason: modules.has(relevant?.module ?? '') ? 'not looked up' : undefined,
      task: { comm: first.comm, pid: first.pid },
      text: whole.slice(0, MAX_TEXT_CHARACTERS),
      cut:
        whole.length > MAX_TEXT_CHARACTERS
          ? `the report is longer than ${MAX_TEXT_CHARACTERS} characters`
          : undefined,
      count: group.length,
      sizeBytes: Math.max(...group.map(object => object.sizeBytes)),
      ageSeconds: ages.length === 0 ? undefined : Math.max(...ages),
    },
  ]
}

function* objectsOf(text: string): Generator<Unreferenced> {
  const lines = text.split('\n').map(line => line.slice(0, 1000))
  const starts = lines.flatMap((line, index) => (HEAD.test(line) ? [index] : []))
  for (const [nth, start] of starts.slice(0, MAX_OBJECTS).entries())
    yield objectOf(lines.slice(start, starts[nth + 1]).filter(line => line !== ''))
}

const HEAD = /^unreferenced object (?:\(percpu\) )?0x[0-9a-f]{1,16} \(size (\d{1,12})\):/

function objectOf(lines: readonly string[]): Unreferenced {
  const [, size = '0'] = HEAD.exec(lines[0] ?? '') ?? []
  const [, comm = '', pid = '0', age] =
    lines
      .slice(1, 4)
      .map(line =>
        /^ {2}comm "(.{0,64})", pid (\d{1,10}), jiffies \d{1,20}(?: \(age (\d{1,12})\.\d{1,4}s\))?/.exec(
          line,
        ),
      )
      .find(match => match !== null) ?? []
  const trace = lines.findIndex(line => /^ {2}backtrace/.test(line))
  return {
    sizeBytes: Number(size),
    comm,
    pid: Number(pid),
    ageSeconds: age === undefined ? undefined : Number(age),
    frames: (trace === -1 ? [] : lines.slice(trace + 1)).flatMap(
      line => parseTraceLine(line) ?? [],
    ),
    lines,
  }
}
