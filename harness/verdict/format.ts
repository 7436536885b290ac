import type { FindingReport, TraceFrame, TraceLine } from '../contract/events.js'
import { defined } from '../platform/pick.js'
import type { Finding, Frame, UnloadedAddress } from './finding.js'
import { MOST_TEXTS } from './collapse.js'
import { runsOf, type Run } from './runs.js'
import { telling } from './symbols/trace-line.js'
import type { JudgedFinding } from './known-findings.js'

/** Of all stacks of a finding together. */
const MAX_TRACE_FRAMES = 48
/** Of texts that differ only in numbers. */
const MOST_SHOWN_TEXTS = 5
/** Shown of every stack, whatever the others take. */
const LEAST_FRAMES = 6

/** A finding as events and TAP diagnostics carry it; its text is not sanitized. */
export function reportOf({ finding, allowed }: JudgedFinding): FindingReport {
  const { kind, title, location, text, cut, count } = finding
  return {
    kind,
    title,
    ...defined({ location }),
    trace: traceOf(finding),
    records: { first: finding.firstSequence, last: finding.lastSequence },
    ...(count === 1 ? {} : { count }),
    text: cut === undefined ? text : `${text}\n[cut: ${cut}]`,
    ...defined({ allowed }),
  }
}

interface ShownStack {
  /** Undefined for the stack at fault. */
  readonly title: string | undefined
  readonly runs: readonly Run<Frame>[]
  /** Frames that were not kept. */
  readonly elided: number
}

/** One line per frame: the stack at fault first, each other one below its title. */
function traceOf(finding: Finding): TraceLine[] {
  const { location, locationReason, isPrintk, texts, unloaded } = finding
  const stacks: ShownStack[] = [
    shownOf({ title: undefined, frames: telling(finding.frames), elided: finding.elided }),
    ...finding.related.map(shownOf),
  ]
  const share = shareOf(stacks.map(({ runs }) => runs.flatMap(({ items }) => items).length))
  return [
    ...(isPrintk && location ? [{ note: "the module's own printk:", location }] : []),
    ...(unloaded === undefined ? [] : [unloadedLine(unloaded, location)]),
    ...(texts === undefined ? [] : [{ note: textsLine(texts) }]),
    ...stacks.flatMap(stack => stackLines(stack, share)),
    ...(locationReason ? [{ note: `(no line of the module: ${locationReason})` }] : []),
  ]
}

/** `0xffffffffa00019d0 is in memory of the unloaded module ring: ring_tick` */
function unloadedLine(
  { digits, module, function: name }: UnloadedAddress,
  location: Finding['location'],
): TraceLine {
  const note = `${digits} is in memory of the unloaded module ${module}`
  return name === undefined ? { note } : { note: `${note}: ${name}`, ...defined({ location }) }
}

/** `40 different texts: "BUG: item 1", "BUG: item 2", …` */
function textsLine(texts: ReadonlySet<string>): string {
  const shown = [...texts].slice(0, MOST_SHOWN_TEXTS).map(text => `"${text}"`)
  const most = texts.size === MOST_TEXTS ? 'at least ' : ''
  const more = texts.size > MOST_SHOWN_TEXTS ? ', …' : ''
  return `${most}${texts.size} different texts: ${shown.join(', ')}${more}`
}

/** Frames shown per stack: equal shares, and what short stacks leave goes to the others. */
function shareOf(lengths: readonly number[]): number {
  const shown = (share: number): number =>
    lengths.reduce((sum, length) => sum + Math.min(length, share), 0)
  let share = LEAST_FRAMES
  while (share < MAX_TRACE_FRAMES && shown(share + 1) <= MAX_TRACE_FRAMES) share += 1
  return share
}

/** The innermost frames and all with a location; frames left out between them are counted. */
function stackLines({ title, runs, elided }: ShownStack, share: number): TraceLine[] {
  const isPlaced = ({ items }: Run<Frame>): boolean =>
    items.some(({ location }) => location !== undefined)
  const kept = new Set<Run<Frame>>()
  let room = share
  for (const run of [...runs.filter(isPlaced), ...runs.filter(run => !isPlaced(run))]) {
    room -= run.items.length
    if (room < 0) break
    kept.add(run)
  }
  const lines: TraceLine[] = title === undefined ? [] : [{ stack: title }]
  let omitted = 0
  for (const run of runs) {
    const { items, times } = run
    if (!kept.has(run)) {
      omitted += items.length * times
      continue
    }
    const of = items.length === 1 ? {} : { frames: items.length }
    lines.push(
      ...(omitted === 0 ? [] : [{ more: omitted }]),
      ...items.map(frameOf),
      ...(times === 1 ? [] : [{ again: times - 1, ...of }]),
    )
    omitted = 0
  }
  const left = omitted + elided
  return left === 0 ? lines : [...lines, { more: left }]
}

/** Shows recursive functions once, and each unreliable frame once. */
function shownOf(
  stack: Omit<ShownStack, 'runs'> & { readonly frames: readonly Frame[] },
): ShownStack {
  const { title, frames, elided } = stack
  const lineOf = (frame: Frame): string => JSON.stringify(frameOf(frame))
  const seen = new Set<string>()
  const shown = frames.filter(frame => {
    const line = lineOf(frame)
    return !(frame.unreliable && seen.has(line)) && seen.add(line)
  })
  return { title, runs: runsOf(shown, lineOf), elided: elided + frames.length - shown.length }
}

function frameOf(frame: Frame): TraceFrame {
  const { function: name, offset, size, module, inline, unreliable, location } = frame
  return {
    function: name,
    offset,
    size,
    ...defined({ module, location }),
    ...(inline ? { inline } : {}),
    ...(unreliable ? { unreliable } : {}),
  }
}
