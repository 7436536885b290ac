import { plural } from './ends.js'
import type { ConsoleExcerpt } from '../data.js'

/** The guest's console in three parts: before, the splat, and after. */
export function Console({ excerpt }: { readonly excerpt: ConsoleExcerpt }) {
  const { file, line, before, splat, after, behind } = excerpt
  return (
    <section class="console" aria-label="The guest's console around it">
      <p class="quiet">
        Console <span class="mono">{file}</span>, from line {line}
      </p>
      {before.length > 0 && (
        <details>
          <summary>
            {plural(before.length, 'line')} before
            {line > 1 && (
              <span class="quiet"> ({plural(line - 1, 'line')} more in the record)</span>
            )}
          </summary>
          <pre tabIndex={0}>{before.join('\n')}</pre>
        </details>
      )}
      <pre tabIndex={0} class="splat" aria-label="Splat">
        {splat.join('\n')}
      </pre>
      {after.length > 0 && (
        <details>
          <summary>
            {plural(after.length, 'line')} after
            {behind > 0 && (
              <span class="quiet"> ({plural(behind, 'line')} more in the record)</span>
            )}
          </summary>
          <pre tabIndex={0}>{after.join('\n')}</pre>
        </details>
      )}
    </section>
  )
}
