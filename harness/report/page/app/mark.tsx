import type { Change } from '../../../contract/events.js'
import type { EndLetter } from '../data.js'
import { CHANGES, ENDS } from './ends.js'

/** How a test ended: a distinct glyph, and its word for screen readers. */
export const Mark = ({ end }: { readonly end: EndLetter }) => (
  <span class={`mark end-${end}`} role="img" aria-label={ENDS[end].word}>
    {ENDS[end].glyph}
  </span>
)

export const Badge = ({ change }: { readonly change: Change }) => (
  <span class={`badge change-${change}`} title={CHANGES[change].says}>
    <span aria-hidden="true">{CHANGES[change].glyph}</span> {CHANGES[change].word}
  </span>
)
