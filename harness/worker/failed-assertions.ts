import { resolve } from 'node:path'
import type { Parser, Result, TapError } from 'tap-parser'
import type { Problem } from '../contract/events.js'
import { defined } from '../platform/pick.js'
import { isHarness } from '../platform/text/suite-line.js'
import { tapParser } from './node-tap.js'

interface Diagnostics {
  readonly at?: { readonly fileName?: string; readonly lineNumber?: number }
  readonly diff?: string
  readonly detail?: unknown
  readonly found?: unknown
  readonly wanted?: unknown
  readonly compare?: string
  readonly mark?: unknown
}

/**
 * The failed assertions of a TAP stream, prefixed with their subtests' names; and errors of the
 * stream.
 *
 * @param mark of points that the verdict added: they are skipped
 */
export function failedAssertions(tap: string, mark?: string): Problem[] {
  const problems: Problem[] = []
  const { Parser } = tapParser()
  const parser = new Parser()
  listen(parser, [], problems, mark)
  parser.end(tap)
  return problems
}

function listen(
  parser: Parser,
  path: readonly string[],
  problems: Problem[],
  mark: string | undefined,
): void {
  let inChild = 0
  parser.on('child', (child: Parser) => {
    const before = problems.length
    child.on('complete', () => (inChild = problems.length - before))
    listen(child, [...path, child.name], problems, mark)
  })
  parser.on('assert', (result: Result) => {
    const isReported = result.closingTestPoint && inChild > 0
    const diagnostics = (result.diag ?? {}) as Diagnostics
    const isOfVerdict = mark !== undefined && diagnostics.mark === mark
    const failed = !result.ok && !result.todo && !result.skip
    if (failed && !isReported && !isOfVerdict) problems.push(problemOfAssertion(result, path))
    inChild = 0
  })
  parser.on('bailout', (reason: string) => {
    problems.push(assertion(path, `bailed out: ${reason}`))
  })
  parser.on('complete', (results: { failures: readonly (Result | TapError)[] }) => {
    for (const { tapError } of results.failures) {
      if (tapError) problems.push(assertion(path, String(tapError)))
    }
  })
}

const assertion = (path: readonly string[], what: string): Problem => ({
  kind: 'assertion',
  message: [...path, what].join(' > '),
})

function problemOfAssertion(result: Result, path: readonly string[]): Problem {
  const { at, diff, detail, found, wanted, compare } = (result.diag ?? {}) as Diagnostics
  const values =
    found === undefined && wanted === undefined ? undefined : { compare, wanted, found }
  const evidence = diff ?? detail ?? values
  return {
    ...assertion(path, result.name),
    ...(evidence === undefined
      ? {}
      : { detail: typeof evidence === 'string' ? evidence : JSON.stringify(evidence, null, 2) }),
    ...defined({ at: placeOf(at) }),
  }
}

/** Relative to the project (the cwd). */
function placeOf(at: Diagnostics['at']): Problem['at'] {
  if (at?.fileName === undefined || isHarness(resolve(at.fileName))) return undefined
  return { file: at.fileName, line: at.lineNumber ?? 0 }
}
