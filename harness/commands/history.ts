import { columnTitle } from '../contract/column-title.js'
import pc from '../platform/terminal/colours.js'
import { EXIT, usageError } from '../platform/errors.js'
import { historyOf, readHistory } from '../history/history.js'
import { pastOfTests, type ColumnPast, type TestPast } from '../history/past-of-tests.js'
import { subjectOf } from '../plan/subject.js'
import { escapeTerminal } from '../platform/text/text.js'
import type { Invocation } from './invocation.js'

export interface HistoryOptions {
  suite?: string
}

const COLOURS: Readonly<Record<string, (letter: string) => string>> = {
  p: pc.green,
  f: pc.red,
  s: pc.dim,
  e: pc.yellow,
  m: pc.yellow,
  y: pc.yellow,
}
const LEGEND =
  'oldest run first: p passed, f failed, y flaky, s skipped, x failed as expected, e error, m not run'

export async function execute({
  args: [test],
  options,
  terminal,
  project: read,
}: Invocation<HistoryOptions>): Promise<number> {
  const leftOut: string[] = []
  const project = await read()
  const file = historyOf(project)
  const past = await readHistory(file, await subjectOf(project), undefined, text =>
    leftOut.push(text),
  )
  for (const text of leftOut) terminal.say(text)
  if (past.size === 0) {
    const what = leftOut.length === 0 ? 'holds no run of it' : 'holds no run of it that can be read'
    throw usageError('NO_HISTORY', `There is no history of ${project.name} yet: ${file} ${what}`, {
      remedy: 'modprove run makes one',
    })
  }
  const tests = pastOfTests(past, {
    ...(test === undefined ? {} : { test: expression(test) }),
    ...(options.suite === undefined ? {} : { suite: options.suite }),
  })
  if (tests.length === 0) requireKnown(test, options.suite)
  terminal.write(textOf(tests))
  return EXIT.passed
}

function expression(text: string): RegExp {
  try {
    return new RegExp(text)
  } catch (cause) {
    throw usageError('BAD_TEST', `TEST is not a regular expression: ${(cause as Error).message}`, {
      cause,
    })
  }
}

function requireKnown(test: string | undefined, suite: string | undefined): void {
  if (test === undefined && suite === undefined) return
  const what = test === undefined ? 'unstable test' : `test that matches /${test}/`
  const where = suite === undefined ? '' : ` in suite "${suite}"`
  throw usageError('UNKNOWN_TEST', `The history has no ${what}${where}`, {
    remedy: 'modprove history . lists all its tests',
  })
}

function textOf(tests: readonly TestPast[]): string {
  if (tests.length === 0) return 'No test has changed its result in the recorded runs.\n'
  const blocks = tests.map(({ suite, test, columns }) => {
    const name = `${pc.dim(escapeTerminal(suite))} ${pc.bold(escapeTerminal(test))}`.trimStart()
    const width = Math.max(...columns.map(column => titleOf(column).length))
    return [name, ...columns.map(column => `  ${lineOf(column, width)}`)].join('\n')
  })
  return `${blocks.join('\n')}\n${pc.dim(LEGEND)}\n`
}

const titleOf = (column: ColumnPast): string => escapeTerminal(columnTitle(column))

function lineOf(column: ColumnPast, width: number): string {
  const letters = [...column.ends].map(letter => COLOURS[letter]?.(letter) ?? letter).join('')
  const { lastGood, ends } = column
  const isGood = ends.endsWith('p') || ends.endsWith('y')
  const good = isGood ? '' : `  last good: ${lastGood === undefined ? 'never' : day(lastGood)}`
  return `${titleOf(column).padEnd(width)}  ${letters}${pc.dim(good)}`
}

/** `2026-11-22 03:04 UTC` */
const day = (at: string): string => `${at.slice(0, 16).replace('T', ' ')} UTC`
