import { useState } from 'preact/hooks'
import type { SourceLine } from '../../../contract/events.js'
import { sourceOf } from './documents.js'

const AROUND_LINES = 7

interface Props {
  readonly at: SourceLine
  /** A remark on the line. */
  readonly note: string | undefined
}

/** The module's source as it was in the run. */
export function Source({ at, note }: Props) {
  const [whole, setWhole] = useState(false)
  const lines = sourceOf(at.file)
  if (lines === undefined) {
    return (
      <p class="notice source">
        {at.file}:{at.line} (the record has no copy of this file as the run had it)
      </p>
    )
  }
  const from = whole ? 1 : Math.max(1, at.line - AROUND_LINES)
  const to = whole ? lines.length : Math.min(lines.length, at.line + AROUND_LINES)
  return (
    <figure class="source">
      <figcaption>
        <span class="mono">
          {at.file}:{at.line}
        </span>
        <button class="link" onClick={() => setWhole(!whole)}>
          {whole ? 'only around it' : 'whole file'}
        </button>
      </figcaption>
      <pre tabIndex={0} aria-label={`Source of ${at.file}`}>
        {lines.slice(from - 1, to).map((text, index) => {
          const line = from + index
          const hit = line === at.line
          return (
            <span key={line} class={hit ? 'line line-hit' : 'line'}>
              <span class="number">{line}</span>
              {text.replaceAll('\t', '    ') || ' '}
              {hit && note !== undefined && <span class="note">{note}</span>}
            </span>
          )
        })}
      </pre>
    </figure>
  )
}
