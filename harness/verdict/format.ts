import type { FindingReport } from '../events.js'
import { escapeTerminal } from '../text.js'
import type { Frame } from './finding.js'
import type { JudgedFinding } from './known-findings.js'

const MAX_TRACE_LINES = 32

/** A finding as events and TAP diagnostics carry it: plain data, its text still hostile. */
export function reportOf({ finding, allowed }: JudgedFinding): FindingReport {
  const { kind, title, location, frames, related, text, cut } = finding
  const trace = [
    ...frames.filter(frame => !frame.unreliable).map(frameLine),
    ...related.flatMap(stack => [stack.title, ...stack.frames.map(frameLine)]),
  ]
  return {
    kind,
    title,
    ...(location === undefined ? {} : { location }),
    trace: trace.slice(0, MAX_TRACE_LINES),
    text: cut === undefined ? text : `${text}\n[cut: ${cut}]`,
    ...(allowed === undefined ? {} : { allowed }),
  }
}

/** A finding for a terminal: what, where, and the trace; nothing of it can act on the terminal. */
export function findingText(judged: JudgedFinding): string {
  const { finding } = judged
  const { kind, title, location, trace, allowed } = reportOf(judged)
  const place =
    location === undefined
      ? (finding.locationReason ?? finding.function)
      : `${location.file}:${location.line}`
  const lines = [
    `${kind}: ${title}`,
    ...(allowed === undefined ? [] : [`  allowed: ${allowed}`]),
    ...(place === undefined ? [] : [`  at ${place}`]),
    ...(finding.task === undefined ? [] : [`  in ${finding.task.comm}[${finding.task.pid}]`]),
    ...trace.map(line => `    ${line}`),
    ...(finding.cut === undefined ? [] : [`  (cut: ${finding.cut})`]),
  ]
  // One line for each: a newline within a name cannot forge another line.
  return lines.map(line => escapeTerminal(line.replaceAll('\n', '\\n'))).join('\n')
}

function frameLine(frame: Frame): string {
  const { function: name, offset, size, module, inline, location } = frame
  const where = inline ? '[inline]' : `+0x${offset.toString(16)}/0x${size.toString(16)}`
  return [
    inline ? `${name} ${where}` : `${name}${where}`,
    ...(module === undefined ? [] : [`[${module}]`]),
    ...(location === undefined ? [] : [`${location.file}:${location.line}`]),
  ].join(' ')
}
