import { useState } from 'preact/hooks'
import type { FindingData } from '../data.js'
import { Console } from './console.js'
import { Source, type Line } from './source.js'

export function Findings({ findings }: { readonly findings: readonly FindingData[] }) {
  return (
    <>
      {findings.map((finding, place) => (
        <Finding key={place} finding={finding} />
      ))}
    </>
  )
}

/** The place that a frame of a trace names at its end. */
const PLACE = / (\S+):(\d+)$/

function placeOf(frame: string): Line | undefined {
  const [, file, line] = PLACE.exec(frame) ?? []
  return file === undefined ? undefined : { file, line: Number(line) }
}

/** What the kernel said, beside the module's lines that it speaks of. */
function Finding({ finding }: { readonly finding: FindingData }) {
  const { kind, title, location, trace, text, allowed, times, console } = finding
  const [shown, show] = useState<Line | undefined>(location ?? firstPlace(trace))
  return (
    <article class={allowed === undefined ? 'finding' : 'finding finding-allowed'}>
      <h3>
        <span class="kind">{kind}</span> {title}
        {times !== undefined && <span class="quiet"> {times} times, the first shown</span>}
      </h3>
      {allowed !== undefined && <p class="notice">A known false alarm: {allowed}</p>}
      <div class="beside">
        {trace.length > 0 && (
          <ol class="trace" aria-label="Call trace, innermost first">
            {trace.map((frame, place) => {
              const at = placeOf(frame)
              const isStack = /:$/.test(frame)
              return (
                <li key={place} class={isStack ? 'stack-title' : undefined}>
                  {at === undefined ? (
                    frame
                  ) : (
                    <button
                      class="frame"
                      aria-pressed={shown?.file === at.file && shown.line === at.line}
                      onClick={() => show(at)}
                    >
                      {frame}
                    </button>
                  )}
                </li>
              )
            })}
          </ol>
        )}
        {shown !== undefined && (
          <Source
            at={shown}
            note={
              location?.file === shown.file && location.line === shown.line
                ? `${kind}: ${title}`
                : undefined
            }
          />
        )}
      </div>
      {console !== undefined && <Console excerpt={console} />}
      {text !== '' && (
        <details>
          <summary>The kernel's text</summary>
          <pre tabIndex={0}>{text}</pre>
        </details>
      )}
    </article>
  )
}

function firstPlace(trace: readonly string[]): Line | undefined {
  for (const frame of trace) {
    const place = placeOf(frame)
    if (place !== undefined) return place
  }
  return undefined
}
