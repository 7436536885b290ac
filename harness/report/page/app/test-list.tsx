import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { CHANGE_ORDER, ENDS, endNeedsAttention, plural } from './ends.js'
import { filtered, type SuiteRows } from './filter.js'
import { Filters } from './filters.js'
import { GoLink } from './go-link.js'
import { Badge, Mark } from './mark.js'
import { cellsOf, worse, type PageColumn, type PageRow } from './model.js'
import { usePage } from './navigation.js'
import { Said } from './said.js'
import { Strip } from './strip.js'

/** Rows rendered at once; more follow when the last comes near. */
const ROWS_AT_A_TIME = 150
/** Approximate heights, for the scroll bar before the layout. */
const HEAD_PIXELS = 30
const ROW_PIXELS = 36
const SAID_PIXELS = 20

export function TestList() {
  const { model, place } = usePage()
  const { words, ends, change, column, suite } = place
  const groups = useMemo(
    () => filtered(model, place),
    [model, words, ends?.join(), change, column, suite],
  )
  const total = groups.reduce((sum, { rows }) => sum + rows.length, 0)
  const [most, setMost] = useState(ROWS_AT_A_TIME)
  useEffect(() => setMost(ROWS_AT_A_TIME), [groups])
  const only = model.columns.find(({ name }) => name === column)
  let left = most
  return (
    <section aria-labelledby="tests-title">
      <h2 id="tests-title">Tests</h2>
      <Filters shown={plural(total, 'test')} />
      {total === 0 && <p class="empty">No test is such.</p>}
      {groups.map(group => {
        const rows = group.rows.slice(0, Math.max(left, 0))
        left -= rows.length
        return (
          rows.length > 0 && (
            <SuiteGroup key={group.suite.name} {...group} rows={rows} only={only} />
          )
        )
      })}
      {total > most && (
        <More
          label={`Show more of ${plural(total - most, 'test')}`}
          onMore={() => setMost(most + ROWS_AT_A_TIME)}
        />
      )}
    </section>
  )
}

function SuiteGroup({ suite, rows, only }: SuiteRows & { readonly only: PageColumn | undefined }) {
  return (
    <section
      class="group"
      aria-label={suite.name}
      style={{ containIntrinsicHeight: `auto ${HEAD_PIXELS + pixelsOf(rows)}px` }}
    >
      <h3>
        {suite.name} {suite.title !== suite.name && <span class="quiet">{suite.title}</span>}
      </h3>
      <ul>
        {rows.map(row => (
          <li key={row.name}>
            <TestRow row={row} only={only} />
          </li>
        ))}
      </ul>
    </section>
  )
}

const pixelsOf = (rows: readonly PageRow[]): number =>
  rows.reduce(
    (sum, { worst }) => sum + ROW_PIXELS + (endNeedsAttention(worst) ? SAID_PIXELS : 0),
    0,
  )

function TestRow({ row, only }: { readonly row: PageRow; readonly only: PageColumn | undefined }) {
  const { model, place } = usePage()
  const { columns } = model
  const cells = cellsOf(row, only?.index)
  const worst = cells.reduce((end, cell) => worse(end, cell.end), 's' as PageRow['worst'])
  // Opens the column with the worst end.
  const on =
    only ??
    columns.find(({ index }) => row.cells.get(index)?.end === worst) ??
    columns.find(({ index }) => row.changes.has(index))
  const open = { suite: row.suite.name, on: on?.name ?? '', test: row.name }
  const said = on && row.cells.get(on.index)?.said
  const isOpen = place.open?.suite === open.suite && place.open.test === open.test
  const kinds = new Set([...row.changes.values()].map(({ change }) => change))
  return (
    <GoLink class="test-row" to={{ open }} aria-current={isOpen ? 'true' : undefined}>
      {cells.length > 0 ? <Mark end={worst} /> : <span class="mark" />}
      <span>
        <span class="test-name">{row.name}</span>
        {said !== undefined && <Said {...said} />}
      </span>
      <span class="test-badges">
        {CHANGE_ORDER.filter(change => kinds.has(change)).map(change => (
          <Badge key={change} change={change} />
        ))}
      </span>
      <span class="test-count">
        {failedShare(
          cells.map(({ end }) => end),
          columns.length,
        )}
      </span>
      <Strip row={row} columns={columns} />
    </GoLink>
  )
}

/** `2 of 10 failed`; empty if none did, or if there is only one column. */
function failedShare(ends: readonly PageRow['worst'][], columns: number): string {
  const worst = ends.filter(endNeedsAttention).reduce(worse, 's')
  if (!endNeedsAttention(worst) || columns === 1) return ''
  return `${ends.filter(end => end === worst).length} of ${ends.length} ${ENDS[worst].word}`
}

/** A button that clicks itself when it comes near the view. */
function More({ label, onMore }: { readonly label: string; readonly onMore: () => void }) {
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    const observer = new IntersectionObserver(
      entries => entries.some(({ isIntersecting }) => isIntersecting) && onMore(),
      { rootMargin: '600px' },
    )
    if (button.current !== null) observer.observe(button.current)
    return () => observer.disconnect()
  }, [onMore])
  return (
    <button ref={button} class="button" onClick={onMore}>
      {label}
    </button>
  )
}
