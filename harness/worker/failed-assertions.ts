import type { Parser, Result, TapError } from 'tap-parser'
import type { Problem } from '../contract/events.js'
import { tapParser } from './node-tap.js'

interface Diagnostics {
  readonly at?: { readonly fileName?: string; readonly lineNumber?: number }
  readonly diff?: string
  readonly detail?: unknown
  readonly found?: unknown
  readonly wanted?: unknown
  readonly compare?: string
}

/** Every assertion of a TAP stream that did not hold, those of subtests under their subtest's name; and what is wrong with the stream itself. */
export function failedAssertions(tap: string): Problem[] {
  const problems: Problem[] = []
  const { Parser } = tapParser()
  const parser = new Parser()
  listen(parser, [], problems)
  parser.end(tap)
  return problems
}

function listen(parser: Parser, path: readonly string[], problems: Problem[]): void {
  let inChild = 0
  parser.on('child', (child: Parser) => {
    const before = problems.length
    child.on('complete', () => (inChild = problems.length - before))
    listen(child, [...path, child.name], problems)
  })
  parser.on('assert', (result: Result) => {
    const told = result.closingTestPoint && inChild > 0
    if (!result.ok && !result.todo && !result.skip && !told) problems.push(problemOf(result, path))
    inChild = 0
  })
  parser.on('bailout', (reason: string) => {
    problems.push({ message: [...path, `bailed out: ${reason}`].join(' > ') })
  })
  parser.on('complete', (results: { failures: readonly (Result | TapError)[] }) => {
    for (const { tapError } of results.failures) {
      if (tapError) problems.push({ message: [...path, String(tapError)].join(' > ') })
    }
  })
}

function problemOf(result: Result, path: readonly string[]): Problem {
  const { at, diff, detail, found, wanted, compare } = (result.diag ?? {}) as Diagnostics
  const values =
    found === undefined && wanted === undefined ? undefined : { compare, wanted, found }
  const evidence = diff ?? detail ?? values
  return {
    message: [...path, result.name].join(' > '),
    ...(evidence === undefined
      ? {}
      : { detail: typeof evidence === 'string' ? evidence : JSON.stringify(evidence, null, 2) }),
    ...(at?.fileName === undefined ? {} : { at: `${at.fileName}:${at.lineNumber ?? 0}` }),
  }
}
