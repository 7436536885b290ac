import type { Test } from 'tap'
import type { SourceLine } from '../contract/events.js'
import type { Exit, RunningCommand } from '../guest/index.js'
import { TapReader, type TapPoint } from '../tap/index.js'

/** Far more than a test program prints. */
const MOST_BYTES = 16 * 1024 * 1024
/** Deeply nested tests with long names would fill the record; the innermost names are kept. */
const LONGEST_TITLE = 1000
/** Further failures are only counted. */
const MOST_FAILURES = 1000
/** tools/testing/selftests/kselftest.h: the status of a program that skipped. */
export const KSFT_SKIP = 4

/** What a program that prints TAP or KTAP did besides its tests. */
export interface ProgramEnd {
  readonly exit: Exit
  /** What is wrong with its stream. */
  readonly problems: readonly string[]
  /** All of its output was read, and none of it is TAP. */
  readonly isWithoutTap: boolean
  /** Reason, if it skipped everything, or the rest of its plan. */
  readonly skipped: string | undefined
  /** Number of failed tests that were counted and not shown. */
  readonly untold: number
  /** What it said, on stderr too, that none of its results shows; bounded. */
  readonly rest: string
}

/** Reads a program to its end. @param onPoint called for each test, as it arrives */
export async function readProgram(
  running: RunningCommand,
  onPoint: (point: TapPoint) => void,
): Promise<ProgramEnd> {
  let [points, asserted, failures, bytes] = [0, false, 0, 0]
  const reader = new TapReader(point => {
    points += 1
    asserted ||= point.outcome !== 'skip'
    if (point.outcome === 'fail') failures += 1
    if (point.outcome !== 'fail' || failures <= MOST_FAILURES) onPoint(point)
  })
  running.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes <= MOST_BYTES) reader.push(chunk)
    // Output still in the pipes is dropped; if the kill fails, the connection is lost.
    else if (bytes - chunk.length <= MOST_BYTES) running.kill().catch(() => undefined)
  })
  running.stderr.on('data', (chunk: Buffer) => reader.pushStderr(chunk))
  const exit = await running.exited
  const saysSkip = exit.code === KSFT_SKIP
  const { problems, skipped, hasTap, rest } = reader.end(saysSkip)
  const isFlood = bytes > MOST_BYTES
  const wasSkipped = saysSkip && problems.length === 0 && (!asserted || skipped !== undefined)
  return {
    // A flood was ended here.
    exit: wasSkipped || isFlood ? { code: 0, signal: null } : exit,
    problems: isFlood ? [`printed more than ${MOST_BYTES} bytes`] : problems,
    isWithoutTap: !isFlood && !hasTap && points === 0,
    skipped,
    untold: Math.max(0, failures - MOST_FAILURES),
    rest,
  }
}

/**
 * Turns each test of a program that prints TAP or KTAP into an assertion of `t`, as it arrives.
 * Errors of the stream and of the program's exit become failed assertions.
 *
 * @param program its name, for messages
 * @param at the line that runs it, as the place of all that fails
 */
export async function readTap(
  t: Test,
  program: string,
  running: RunningCommand,
  at: SourceLine | undefined,
): Promise<void> {
  const diagnostics = diagnosticsOf(at)
  const end = await readProgram(running, point => report(t, point, diagnostics))
  const detail = end.rest === '' ? {} : { detail: end.rest }
  for (const what of complaintsOf(program, end)) t.fail(what, { ...diagnostics, ...detail })
  if (end.exit.code === 0 && end.skipped !== undefined)
    t.pass(program, { ...diagnostics, skip: end.skipped })
}

/** What is wrong with a program's stream and its exit. */
export function complaintsOf(
  program: string,
  { exit, problems, untold, isWithoutTap }: ProgramEnd,
): readonly string[] {
  // Without a plan, points and success: one mistake, and not three.
  if (isWithoutTap && problems.length > 0) {
    return exit.code === 0
      ? [`${program} printed no result: print "1..1", and "ok 1 - what holds" or "not ok 1 - …"`]
      : [`${program} ended ${exitWords(exit)}, and printed no result`]
  }
  const ended = exit.code === 0 ? [] : [`${program} ended ${exitWords(exit)}`]
  const stream = [
    ...(untold > 0 ? [`${program}: ${untold} more tests failed`] : []),
    ...problems.map(problem => `${program}: ${problem}`),
  ]
  // A crash is why its stream is cut short.
  return exit.signal === null ? [...stream, ...ended] : [...ended, ...stream]
}

/** New for each assertion: node-tap changes it. Without it, it would show lines of the harness. */
const diagnosticsOf = (at: SourceLine | undefined): Record<string, unknown> => ({
  at: at === undefined ? null : { fileName: at.file, lineNumber: at.line },
  stack: '',
})

const exitWords = ({ code, signal }: Exit): string =>
  signal === null ? `with status ${code}` : `by SIG${signal}`

/** One title of the names of nested tests. */
export function titleOf(parts: readonly string[]): string {
  let title = ''
  for (const part of parts.toReversed()) {
    if (part !== '') title = title === '' ? part : `${part} > ${title}`
    if (title.length > LONGEST_TITLE) return `…${title.slice(-LONGEST_TITLE)}`
  }
  return title
}

function report(
  t: Test,
  { path, name, outcome, reason, ok, detail }: TapPoint,
  diagnostics: Record<string, unknown>,
): void {
  const title = titleOf([...path, name])
  const extra: Record<string, unknown> = { ...diagnostics, ...(detail === '' ? {} : { detail }) }
  if (outcome === 'skip') t.pass(title, { ...extra, skip: reason || true })
  else if (outcome === 'todo') t.ok(ok, title, { ...extra, todo: reason || true })
  else if (outcome === 'pass') t.pass(title, extra)
  else t.fail(reason === '' ? title : `${title} (${reason.slice(0, LONGEST_TITLE)})`, extra)
}
