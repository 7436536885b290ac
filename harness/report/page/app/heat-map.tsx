import { useCallback, useRef, useState } from 'preact/hooks'
import { ColumnHeads } from './column-heads.js'
import { HeatRow } from './heat-row.js'
import { usePage } from './navigation.js'

/** With more columns, cells are narrow and without numbers. */
const MAX_WIDE_COLUMNS = 14

/** The cell with the focus, the only one that Tab reaches. */
interface At {
  readonly row: number
  readonly column: number
}

/** How a key moves the focus; the caller bounds the result. */
const STEPS: Readonly<Record<string, (at: At) => At>> = {
  ArrowUp: at => ({ ...at, row: at.row - 1 }),
  ArrowDown: at => ({ ...at, row: at.row + 1 }),
  ArrowLeft: at => ({ ...at, column: at.column - 1 }),
  ArrowRight: at => ({ ...at, column: at.column + 1 }),
  Home: at => ({ ...at, column: 0 }),
  End: at => ({ ...at, column: Infinity }),
}

/** Suites × kernels, a grid after ARIA's authoring practices: one tab stop, then arrow keys. */
export function HeatMap() {
  const { model, place, go } = usePage()
  const { columns, suites } = model
  const [at, setAt] = useState<At>({ row: 0, column: 0 })
  const table = useRef<HTMLTableElement>(null)
  const wide = columns.length <= MAX_WIDE_COLUMNS
  const open = useCallback(
    (row: number, column: number) => {
      const [suite, on] = [suites[row]?.name, columns[column]?.name]
      if (suite !== undefined && on !== undefined) go({ open: { suite, on } })
    },
    [suites, columns, go],
  )
  const focus = ({ row, column }: At): void => {
    const next = {
      row: Math.max(0, Math.min(row, suites.length - 1)),
      column: Math.max(0, Math.min(column, columns.length - 1)),
    }
    setAt(next)
    table.current?.querySelector<HTMLElement>(`[data-at="${next.row} ${next.column}"]`)?.focus()
  }
  const cellOf = (target: EventTarget | null): At | undefined => {
    const cell = target instanceof Element ? target.closest<HTMLElement>('[data-at]') : null
    const [row, column] = cell?.dataset['at']?.split(' ').map(Number) ?? []
    return row === undefined || column === undefined ? undefined : { row, column }
  }
  if (suites.length === 0) return null
  return (
    <section aria-labelledby="map-title">
      <h2 id="map-title">Kernels × suites</h2>
      <div class="map-scroll">
        <table
          ref={table}
          class={wide ? 'map map-wide' : 'map map-narrow'}
          role="grid"
          aria-labelledby="map-title"
          onClick={event => {
            const clicked = cellOf(event.target)
            if (clicked === undefined) return
            setAt(clicked)
            open(clicked.row, clicked.column)
          }}
          onKeyDown={event => {
            const from = cellOf(event.target)
            if (from === undefined || event.ctrlKey || event.metaKey || event.altKey) return
            const step = Object.hasOwn(STEPS, event.key) ? STEPS[event.key] : undefined
            if (event.key === 'Enter' || event.key === ' ') open(from.row, from.column)
            else if (step !== undefined) focus(step(from))
            else return
            event.preventDefault()
          }}
        >
          <ColumnHeads
            columns={columns}
            wide={wide}
            chosen={place.column}
            onChoose={column => go({ column })}
          />
          <tbody>
            {suites.map((suite, row) => (
              <HeatRow
                key={suite.name}
                suite={suite}
                row={row}
                columns={columns}
                wide={wide}
                stop={at.row === row ? at.column : undefined}
                open={
                  place.open?.suite === suite.name
                    ? columns.findIndex(({ name }) => name === place.open?.on)
                    : undefined
                }
                chosen={place.suite === suite.name}
                go={go}
              />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}
