import type { Problem } from '../../../contract/events.js'
import { locationText } from '../../../platform/text/source-text.js'
import { Why } from './changes.js'
import { Copy } from './copy.js'
import { detailAt } from './documents.js'
import { ENDS, durationText } from './ends.js'
import { Findings } from './findings.js'
import { Badge, Mark } from './mark.js'
import type { PageColumn, PageRow } from './model.js'
import { usePage } from './navigation.js'
import { Sparkline } from './sparkline.js'

/** One test on one kernel: its result, the reason, since when, and how to reproduce it. */
export function TestPanel({ row, column }: { readonly row: PageRow; readonly column: PageColumn }) {
  const cell = row.cells.get(column.index)
  const change = row.changes.get(column.index)
  const detail = detailAt(cell?.detail)
  return (
    <>
      <h2>{row.name}</h2>
      <p class="states">
        {cell !== undefined && (
          <span class={`state end-${cell.end}`}>
            <span aria-hidden="true">{ENDS[cell.end].glyph}</span> {ENDS[cell.end].word}
          </span>
        )}
        {change !== undefined && <Badge change={change.change} />}
        {detail.cause !== undefined && <span class="chip">{detail.cause}</span>}
        {detail.overrun === true && <span class="chip">did not end in its time</span>}
        {detail.attempt !== undefined && <span class="chip">try {detail.attempt}</span>}
        {cell !== undefined && <span class="quiet">{durationText(cell.ms)}</span>}
      </p>
      <Columns row={row} column={column} />
      {change !== undefined && <Why change={change} />}
      {cell?.past !== undefined && <Sparkline past={cell.past} now={cell.end} />}
      {detail.reason !== undefined && <p class="notice">{detail.reason}</p>}
      {detail.replay !== undefined && <Copy label="Replay" text={detail.replay} />}
      <Problems problems={detail.problems} />
      <Findings findings={detail.findings} />
      {detail.flaky !== undefined && (
        <section class="first-try">
          <h3>
            The first try {detail.flaky.status === 'fail' ? 'failed' : 'ended in error'}
            {detail.flaky.cause !== undefined && `: ${detail.flaky.cause}`}
          </h3>
          <Problems problems={detail.flaky.problems} />
          <Findings findings={detail.flaky.findings} />
        </section>
      )}
      {detail.sweeps?.map(({ scenario, points, errors, tolerated }) => (
        <p key={scenario} class="quiet">
          {scenario}: {points} points of failure, {errors} failed cleanly, {tolerated} tolerated
        </p>
      ))}
    </>
  )
}

/** The same test on the other kernels. */
function Columns({ row, column }: { readonly row: PageRow; readonly column: PageColumn }) {
  const { model, go } = usePage()
  const indexes = [...new Set([...row.cells.keys(), ...row.changes.keys()])].sort((a, b) => a - b)
  if (indexes.length < 2) return null
  return (
    <div class="columns" role="group" aria-label="The same test on">
      {indexes.map(index => {
        const other = model.columns[index]
        const end = row.cells.get(index)?.end
        return (
          other !== undefined && (
            <button
              key={index}
              class="column-chip"
              aria-pressed={index === column.index}
              onClick={() =>
                go({ open: { suite: row.suite.name, on: other.name, test: row.name } })
              }
            >
              {end !== undefined && <Mark end={end} />} {other.label}
            </button>
          )
        )
      })}
    </div>
  )
}

function Problems({ problems }: { readonly problems: readonly Problem[] }) {
  return (
    <>
      {problems.map(({ message, code, detail, at }, index) => (
        <article key={index} class="problem">
          <p class="problem-message">{message}</p>
          {(at ?? code) !== undefined && (
            <p class="quiet mono">{[code, at && locationText(at)].filter(Boolean).join('  ')}</p>
          )}
          {detail !== undefined && <Diff text={detail} />}
        </article>
      ))}
    </>
  )
}

/** Text whose lines may begin with - and +. */
function Diff({ text }: { readonly text: string }) {
  const isDiff = /^@@ /m.test(text)
  if (!isDiff) return <pre tabIndex={0}>{text}</pre>
  const kinds: Readonly<Record<string, string>> = {
    '-': 'diff-expected',
    '+': 'diff-actual',
    '@': 'quiet',
  }
  return (
    <pre tabIndex={0} class="diff">
      {text.split('\n').map((line, index) => (
        <span key={index} class={kinds[line[0] ?? '']}>
          {line}
          {'\n'}
        </span>
      ))}
    </pre>
  )
}
