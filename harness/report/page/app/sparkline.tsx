import type { EndLetter } from '../data.js'
import { ENDS } from './ends.js'

/** How a test ended in its last runs, oldest first, and now. */
export function Sparkline({ past, now }: { readonly past: string; readonly now: EndLetter }) {
  const ends = [...past].filter((end): end is EndLetter => Object.hasOwn(ENDS, end))
  const words = [...ends, now].map(end => ENDS[end].word).join(', ')
  return (
    <div class="history">
      <span class="copy-label">History</span>
      <span class="spark" role="img" aria-label={`Last runs, oldest first: ${words}`}>
        {ends.map((end, place) => (
          <i key={place} class={`bar end-${end}`}>
            {ENDS[end].glyph}
          </i>
        ))}
        <i class={`bar bar-now end-${now}`}>{ENDS[now].glyph}</i>
      </span>
      <span class="quiet">oldest first; the last is this run</span>
    </div>
  )
}
