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
      <Around lines={before} where="before" more={line - 1} />
      <pre tabIndex={0} class="splat" aria-label="Splat">
        {splat.join('\n')}
      </pre>
      <Around lines={after} where="after" more={behind} />
    </section>
  )
}

interface AroundProps {
  readonly lines: readonly string[]
  readonly where: 'before' | 'after'
  /** Lines beyond those shown. */
  readonly more: number
}

const Around = ({ lines, where, more }: AroundProps) =>
  lines.length === 0 ? null : (
    <details>
      <summary>
        {plural(lines.length, 'line')} {where}
        {more > 0 && <span class="quiet"> ({plural(more, 'line')} more in the record)</span>}
      </summary>
      <pre tabIndex={0}>{lines.join('\n')}</pre>
    </details>
  )
