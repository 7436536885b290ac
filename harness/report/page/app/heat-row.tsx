import { memo } from 'preact/compat'
import { CHANGES, ENDS, plural } from './ends.js'
import {
  attention,
  tallyText,
  worstOf,
  type PageColumn,
  type Suite,
  type PageTally,
} from './model.js'
import type { Navigation } from './navigation.js'

interface Props {
  readonly suite: Suite
  readonly row: number
  readonly columns: readonly PageColumn[]
  readonly wide: boolean
  /** The column of this row that Tab reaches. */
  readonly stop: number | undefined
  readonly open: number | undefined
  readonly chosen: boolean
  readonly go: Navigation['go']
}

export const HeatRow = memo(({ suite, row, columns, wide, stop, open, chosen, go }: Props) => {
  const changed = changesOf(suite)
  return (
    <tr>
      <th scope="row" class="suite-head">
        <button
          aria-pressed={chosen}
          aria-label={`${suite.name}: list its tests alone`}
          title={suite.title}
          onClick={() => go({ suite: chosen ? undefined : suite.name })}
        >
          {suite.name}
        </button>
      </th>
      {columns.map(({ index, label, failed }) => {
        const tally = suite.tallies.get(index)
        const end = tally === undefined || tally.total === 0 ? undefined : worstOf(tally)
        const change = changed.get(index)
        const unbuilt =
          failed === undefined
            ? 'not run'
            : `could not be made ready${failed.reason === undefined ? '' : ', as expected'}`
        const told = tally === undefined || end === undefined ? unbuilt : tell(tally)
        const name = `${suite.name} on ${label}: ${told}${change === undefined ? '' : `, ${change}`}`
        return (
          <td
            key={index}
            role="gridcell"
            data-at={`${row} ${index}`}
            tabIndex={stop === index ? 0 : -1}
            class={`cell end-${end ?? 'none'}${change === undefined ? '' : ` cell-${change}`}`}
            aria-selected={open === index}
            title={name}
          >
            {/* The visible text is too short for a screen reader. */}
            <span aria-hidden="true">
              {end !== undefined && content(tally, end, wide)}
              {change !== undefined && <span class="corner-mark">{CHANGES[change].glyph}</span>}
            </span>
          </td>
        )
      })}
    </tr>
  )
})

/** Narrow cells show a glyph only if they need attention. */
function content(tally: PageTally | undefined, end: keyof typeof ENDS, wide: boolean): string {
  const { glyph } = ENDS[end]
  if (tally === undefined) return ''
  if (!wide) return end === 'p' ? '' : glyph
  const bad = attention(tally)
  return bad > 0 ? `${glyph} ${bad}/${tally.total}` : `${glyph} ${tally.total - tally.s || ''}`
}

const tell = (tally: PageTally): string => `${tallyText(tally)} of ${plural(tally.total, 'test')}`

/** The mark of each cell of a suite: a regression, else something fixed. */
function changesOf(suite: Suite): Map<number, 'regressed' | 'fixed'> {
  const marks = new Map<number, 'regressed' | 'fixed'>()
  for (const { changes } of suite.rows) {
    for (const [index, { change }] of changes) {
      if (change === 'regressed') marks.set(index, change)
      if (change === 'fixed' && !marks.has(index)) marks.set(index, change)
    }
  }
  return marks
}
