import { durationText } from './ends.js'
import { Badge, Mark } from './mark.js'
import { tallyText, type PageColumn, type Suite } from './model.js'
import { usePage } from './navigation.js'

/** All tests of a suite on one kernel, in the order in which they ended. */
export function JobPanel({
  suite,
  column,
}: {
  readonly suite: Suite
  readonly column: PageColumn
}) {
  const { go } = usePage()
  const { failed, index } = column
  const tally = suite.tallies.get(index)
  const rows = suite.rows.filter(({ cells, changes }) => cells.has(index) || changes.has(index))
  return (
    <>
      <h2>{suite.title}</h2>
      {failed !== undefined && (
        <p class="notice">
          {column.label} could not be made ready, so nothing of it ran: {failed.problem.message}
          {failed.reason !== undefined && ` (expected: ${failed.reason})`}
        </p>
      )}
      {tally !== undefined && (
        <p class="quiet">
          {tallyText(tally)}
          {tally.total > 0 && `, ${durationText(tally.ms)}`}
        </p>
      )}
      {suite.notes.get(index)?.map(note => (
        <p key={note} class="notice">
          {note}
        </p>
      ))}
      <ul class="job-tests">
        {rows.map(({ name, cells, changes }) => {
          const cell = cells.get(index)
          const change = changes.get(index)
          return (
            <li key={name}>
              <button
                class="job-test"
                onClick={() => go({ open: { suite: suite.name, on: column.name, test: name } })}
              >
                {cell === undefined ? <span class="mark" /> : <Mark end={cell.end} />}
                <span class="test-name">{name}</span>
                {change !== undefined && <Badge change={change.change} />}
                <span class="quiet">{cell !== undefined && durationText(cell.ms)}</span>
              </button>
            </li>
          )
        })}
      </ul>
    </>
  )
}
