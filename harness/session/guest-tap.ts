import type { Test } from 'tap'
import type { SourceLine } from '../contract/events.js'
import type { Exit, RunningCommand } from '../guest/index.js'
import { TapReader, type TapPoint } from '../tap/index.js'
import { decodeUtf8 } from '../platform/text/text.js'

/** Far more than a test program prints. */
const MOST_BYTES = 16 * 1024 * 1024
const KEPT_STDERR_BYTES = 4096
/** Deeply nested tests with long names would fill the record; the innermost names are kept. */
const LONGEST_TITLE = 1000
/** Further failures are only counted. */
const MOST_FAILURES = 1000
/** tools/testing/selftests/kselftest.h: the status of a program that skipped. */
const KSFT_SKIP = 4

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
  const place = placeOf(at)
  let asserted = false
  let failures = 0
  let bytes = 0
  let stderr = Buffer.alloc(0)
  const reader = new TapReader(point => {
    asserted ||= point.outcome !== 'skip'
    if (point.outcome === 'fail') failures += 1
    if (point.outcome !== 'fail' || failures <= MOST_FAILURES) report(t, point, place)
  })
  running.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes <= MOST_BYTES) reader.push(chunk)
    // Output still in the pipes is dropped; if the kill fails, the connection is lost.
    else if (bytes - chunk.length <= MOST_BYTES) running.kill().catch(() => undefined)
  })
  running.stderr.on('data', (chunk: Buffer) => {
    stderr = Buffer.concat([stderr, chunk]).subarray(-KEPT_STDERR_BYTES)
  })
  const exit = await running.exited
  const { problems, skipped } = reader.end()
  const detail = stderr.length > 0 ? { detail: decodeUtf8(stderr) } : {}
  const fail = (what: string): unknown => t.fail(what, { ...place, ...detail })
  if (failures > MOST_FAILURES)
    t.fail(`${program}: ${failures - MOST_FAILURES} more tests failed`, { ...place })
  if (bytes > MOST_BYTES) fail(`${program} printed more than ${MOST_BYTES} bytes`)
  else {
    for (const problem of problems) fail(`${program}: ${problem}`)
    const wasSkipped = exit.code === KSFT_SKIP && !asserted && problems.length === 0
    if (exit.code !== 0 && !wasSkipped) fail(`${program} ended ${exitWords(exit)}`)
    else if (skipped !== undefined) t.pass(program, { ...place, skip: skipped })
  }
}

/** For one assertion: node-tap changes it. Without, it would add source lines of the harness. */
const placeOf = (at: SourceLine | undefined): Record<string, unknown> => ({
  at: at === undefined ? null : { fileName: at.file, lineNumber: at.line },
  stack: '',
})

const exitWords = ({ code, signal }: Exit): string =>
  signal === null ? `with status ${code}` : `by SIG${signal}`

function titleOf(parts: readonly string[]): string {
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
  place: Record<string, unknown>,
): void {
  const title = titleOf([...path, name])
  const extra: Record<string, unknown> = { ...place, ...(detail === '' ? {} : { detail }) }
  if (outcome === 'skip') t.pass(title, { ...extra, skip: reason || true })
  else if (outcome === 'todo') t.ok(ok, title, { ...extra, todo: reason || true })
  else if (outcome === 'pass') t.pass(title, extra)
  else t.fail(reason === '' ? title : `${title} (${reason.slice(0, LONGEST_TITLE)})`, extra)
}
