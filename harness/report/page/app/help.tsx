import { useEffect, useRef } from 'preact/hooks'
import { ENDS, ORDER } from './ends.js'
import { Mark } from './mark.js'

const KEYS = [
  ['/', 'search'],
  ['j, k', 'next and previous test of the list'],
  ['Enter', 'open what has the focus'],
  ['← ↑ → ↓, Home, End', 'walk through the map; its cells open a suite on a kernel'],
  ['[, ]', 'the open test on the column before and after'],
  ['Esc', 'close what is open'],
  ['t', 'light or dark'],
  ['?', 'this help'],
] as const

/** The browser's own dialog: it keeps the focus, and Escape closes it. */
export function Help({ onClose }: { readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog ref={dialog} class="help" aria-labelledby="help-title" onClose={onClose}>
      <h2 id="help-title">Keys</h2>
      <dl>
        {KEYS.map(([keys, does]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <h2>Marks</h2>
      <ul class="legend">
        {ORDER.map(end => (
          <li key={end}>
            <Mark end={end} /> {ENDS[end].word}
          </li>
        ))}
      </ul>
      <p class="quiet">
        In error: the harness or its machine failed, so there is no verdict on the module. Lost is
        never passed.
      </p>
      <form method="dialog">
        <button class="button">Close</button>
      </form>
    </dialog>
  )
}
