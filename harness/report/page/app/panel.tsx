import { useEffect, useRef } from 'preact/hooks'
import { JobPanel } from './job-panel.js'
import { usePage } from './navigation.js'
import type { PageAddress } from './page-address.js'
import { TestPanel } from './test-panel.js'

/** The panel beside the list; not modal, so the list stays usable. */
export function Panel({ open }: { readonly open: NonNullable<PageAddress['open']> }) {
  const { model, go } = usePage()
  const panel = useRef<HTMLElement>(null)
  const suite = model.suites.find(({ name }) => name === open.suite)
  const column = model.columns.find(({ name }) => name === open.on)
  const row = suite?.rows.find(({ name }) => name === open.test)
  // Moves the focus to the new text, and back when the panel closes.
  useEffect(() => {
    const before = document.activeElement
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [])
  useEffect(() => {
    panel.current?.scrollTo(0, 0)
    panel.current?.focus({ preventScroll: true })
  }, [open.suite, open.test])
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== '[' && event.key !== ']') return
      if (event.target instanceof HTMLInputElement) return
      const indexes = [...(row?.cells ?? suite?.tallies ?? new Map<number, never>()).keys()]
      const at = indexes.sort((a, b) => a - b).indexOf(column?.index ?? -1)
      const next = model.columns[indexes[at + (event.key === ']' ? 1 : -1)] ?? -1]
      if (next !== undefined) go({ open: { ...open, on: next.name } })
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [model, row, suite, column, open, go])
  const known = suite !== undefined && column !== undefined
  return (
    <aside ref={panel} class="panel" tabIndex={-1} aria-label={open.test ?? open.suite}>
      <div class="panel-bar">
        <nav aria-label="Where this is">
          <button
            class="link"
            disabled={open.test === undefined}
            onClick={() => go({ open: { suite: open.suite, on: open.on } })}
          >
            {open.suite}
          </button>
          <span class="quiet"> on {column?.label ?? open.on}</span>
        </nav>
        <button
          class="icon"
          aria-label="Close"
          title="Close (Esc)"
          onClick={() => go({ open: undefined })}
        >
          ✕
        </button>
      </div>
      {known && open.test === undefined && <JobPanel suite={suite} column={column} />}
      {known && row !== undefined && <TestPanel row={row} column={column} />}
      {(!known || (open.test !== undefined && row === undefined)) && (
        <p class="empty">This run has no such test: the address is of another one.</p>
      )}
    </aside>
  )
}
