import type { FindingReport, TraceFrame, TraceLine } from '../contract/events.js'
import { defined } from '../platform/pick.js'
import type { Finding, Frame, UnloadedAddress } from './finding.js'
import { MOST_TEXTS } from './collapse.js'
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
  readonly frames: readonly Repeated[]
  /** Frames that were not kept. */
  readonly elided: number
}

/** A frame and its number of consecutive repetitions: recursion. */
interface Repeated {
  readonly frame: Frame
  readonly times: number
}

/** One line per frame: the stack at fault first, each other one below its title. */
function traceOf(finding: Finding): TraceLine[] {
  const { location, locationReason, isPrintk, texts, unloaded } = finding
  const stacks: ShownStack[] = [
    shownOf({ title: undefined, frames: telling(finding.frames), elided: finding.elided }),
    ...finding.related.map(shownOf),
  ]
  const share = shareOf(stacks.map(stack => stack.frames.length))
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
function stackLines({ title, frames, elided }: ShownStack, share: number): TraceLine[] {
  const indices = frames.map((_, index) => index)
  const isPlaced = (index: number): boolean => frames[index]?.frame.location !== undefined
  const byWorth = [...indices.filter(isPlaced), ...indices.filter(index => !isPlaced(index))]
  const kept = new Set(byWorth.slice(0, share))
  const lines: TraceLine[] = title === undefined ? [] : [{ stack: title }]
  let omitted = 0
  for (const [index, { frame, times }] of frames.entries()) {
    if (!kept.has(index)) {
      omitted += times
      continue
    }
    lines.push(
      ...(omitted === 0 ? [] : [{ more: omitted }]),
      frameOf(frame),
      ...(times === 1 ? [] : [{ again: times - 1 }]),
    )
    omitted = 0
  }
  const left = omitted + elided
  return left === 0 ? lines : [...lines, { more: left }]
}

/** Shows a recursive function once, and each unreliable frame once. */
function shownOf(stack: Omit<ShownStack, 'frames'> & Pick<Finding, 'frames'>): ShownStack {
  const { title, frames, elided } = stack
  const runs: { frame: Frame; times: number }[] = []
  const seen = new Set<string>()
  let again = 0
  for (const frame of frames) {
    const last = runs.at(-1)
    const line = JSON.stringify(frameOf(frame))
    if (frame.unreliable && seen.has(line)) again += 1
    else if (last !== undefined && JSON.stringify(frameOf(last.frame)) === line) last.times += 1
    else runs.push({ frame, times: 1 })
    seen.add(line)
  }
  return { title, frames: runs, elided: elided + again }
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
