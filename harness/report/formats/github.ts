import { join } from 'node:path'
import type { ColumnView, RunView } from '../../record/view.js'
import { clip, escapeTerminal, oneLine } from '../../platform/text/text.js'
import { columnTitle } from '../../contract/column-title.js'
import type { SourceLine } from '../../contract/events.js'
import { locationText, traceText } from '../../platform/text/source-text.js'
import { grouped, type Group } from '../../platform/grouped.js'
import { headline, tellingFinding } from '../evidence.js'
import { notRunByReason, notRunText } from '../not-run.js'
import { unguardedJobs } from '../unguarded.js'
import { badResults, sinceBuilt, type Concern, type BadResult } from '../bad-results.js'

/** GitHub drops the rest (actions/toolkit, docs/problem-matchers.md, "Limitations"). */
const MAX_OF_A_KIND = 10
const MAX_TITLE_CHARACTERS = 200
/** The runner truncates a message at 4096. */
const MAX_MESSAGE_CHARACTERS = 2000

interface Annotation {
  readonly kind: 'error' | 'warning' | 'notice'
  readonly title: string
  readonly message: string
  readonly location?: SourceLine
}

const KINDS: Readonly<Record<Concern, Annotation['kind']>> = {
  regressed: 'error',
  failed: 'error',
  flaky: 'warning',
  // The module is not known to be at fault.
  lost: 'warning',
}

/**
 * GitHub's annotations, one per line, for the output of a workflow's step: at the module's line if
 * the kernel named one, else at the suite's; regressions first, and at most as many as are shown.
 */
export function github(view: RunView): string {
  const groups = [...grouped(badResults(view), annotationKey).values()]
  const all = [
    ...groups.filter(([{ concern }]) => concern === 'regressed').map(group => ofTest(view, group)),
    ...view.columns.flatMap(column => ofBuild(view, column)),
    ...groups.filter(([{ concern }]) => concern !== 'regressed').map(group => ofTest(view, group)),
  ]
  const shown = (['error', 'warning'] as const).flatMap(kind =>
    all.filter(annotation => annotation.kind === kind).slice(0, MAX_OF_A_KIND),
  )
  const hidden = all.length - shown.length
  const notices = [
    ...(hidden === 0 ? [] : [`${hidden} more did not pass: see the summary`]),
    ...notRunByReason(view).map(one => `${notRunText(one)}: ${one.reason}`),
    ...unguardedJobs(view).map(({ ref, line }) => `${ref.id}: ${line}`),
  ]
  const rest = notices.slice(0, MAX_OF_A_KIND).map((message): Annotation => {
    return { kind: 'notice', title: 'modprove', message: messageOf([message]) }
  })
  return [...shown, ...rest].map(command).join('')
}

/** Results of a test on several kernels are one annotation if they have the same line. */
const annotationKey = ({ concern, suite, location, result }: BadResult): string =>
  [concern, suite, location ? locationText(location) : '', result.test].join('\0')

const MAX_COLUMNS = 4

function ofTest(view: RunView, group: Group<BadResult>): Annotation {
  const [{ concern, suite, result, evidence, location, since, flaky }] = group
  const finding = tellingFinding(evidence)
  const trace = finding?.trace ?? []
  const lines = [result.test, headline(evidence), since, flaky, ...trace.slice(0, 8).map(traceText)]
  const columns = group.map(({ column }) => column)
  const more = columns.length > MAX_COLUMNS ? ` and ${columns.length - MAX_COLUMNS} more` : ''
  return {
    kind: KINDS[concern],
    title: `${suite}: ${concern} on ${columns.slice(0, MAX_COLUMNS).join(', ')}${more}`,
    message: messageOf(lines),
    ...placed(view, location, finding?.location ? 'module' : 'suites'),
  }
}

function ofBuild(view: RunView, column: ColumnView): Annotation[] {
  const { failed } = column
  if (failed === undefined || failed.status === 'xfail') return []
  const { status, problem } = failed
  return [
    {
      kind: status === 'fail' ? 'error' : 'warning',
      title: `${columnTitle(column)}: not ready`,
      message: messageOf([problem.message, problem.firstError, sinceBuilt(view, column)]),
      ...placed(view, problem.at, 'module'),
    },
  ]
}

/** A line's place from the repository's root, which GitHub expects. */
function placed(
  { start: { inRepository } }: RunView,
  location: SourceLine | undefined,
  whose: 'module' | 'suites',
): Pick<Annotation, 'location'> {
  if (location === undefined) return {}
  return { location: { ...location, file: join(inRepository?.[whose] ?? '', location.file) } }
}

const messageOf = (lines: readonly (string | undefined)[]): string =>
  clip(
    lines
      .filter(line => line !== undefined)
      .map(line => oneLine(line, MAX_MESSAGE_CHARACTERS))
      .join('\n'),
    MAX_MESSAGE_CHARACTERS,
  )

/** https://docs.github.com/actions/reference/workflow-commands-for-github-actions */
function command({ kind, title, message, location }: Annotation): string {
  const properties = {
    ...(location === undefined
      ? {}
      : { file: oneLine(location.file), line: String(location.line) }),
    title: oneLine(title, MAX_TITLE_CHARACTERS),
  }
  const list = Object.entries(properties).map(([name, value]) => `${name}=${property(value)}`)
  return `::${kind} ${list.join(',')}::${data(escapeTerminal(message))}\n`
}

/** Escapes a message as @actions/core does. */
const data = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')

const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
