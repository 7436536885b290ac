import { useState } from 'preact/hooks'
import type { SourceLine, TraceLine } from '../../../contract/events.js'
import { traceText } from '../../../platform/text/source-text.js'
import type { FindingData } from '../data.js'
import { Console } from './console.js'
import { Source } from './source.js'

export function Findings({ findings }: { readonly findings: readonly FindingData[] }) {
  return (
    <>
      {findings.map((finding, index) => (
        <Finding key={index} finding={finding} />
      ))}
    </>
  )
}

const locationOf = (line: TraceLine): SourceLine | undefined =>
  'location' in line ? line.location : undefined

/** A finding beside the module's lines that it names. */
function Finding({ finding }: { readonly finding: FindingData }) {
  const { kind, title, location, trace, text, allowed, times, console } = finding
  const [shown, show] = useState<SourceLine | undefined>(
    location ?? trace.map(locationOf).find(at => at !== undefined),
  )
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
            {trace.map((line, index) => {
              const at = locationOf(line)
              const frame = traceText(line)
              return (
                <li key={index} class={'stack' in line ? 'stack-title' : undefined}>
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
