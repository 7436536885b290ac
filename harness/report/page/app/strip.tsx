import { memo } from 'preact/compat'
import type { EndLetter } from '../data.js'
import { ORDER } from './ends.js'
import type { PageColumn, PageRow } from './model.js'

const MAX_WIDTH = 280
const HEIGHT = 16
/** Top and height of each end's bar, so that ends differ without colour. */
const BARS: Readonly<Record<EndLetter, readonly [number, number]>> = {
  f: [0, 16],
  e: [0, 10],
  m: [12, 4],
  y: [3, 10],
  p: [6, 4],
  s: [7, 2],
}

/** A test on all columns, in the map's order: one path per end, however many columns there are. */
export const Strip = memo(({ row, columns }: { row: PageRow; columns: readonly PageColumn[] }) => {
  const step = Math.max(2, Math.min(18, Math.floor(MAX_WIDTH / columns.length)))
  const bar = step > 3 ? step - 2 : step
  return (
    <svg class="strip" width={step * columns.length} height={HEIGHT} aria-hidden="true">
      {ORDER.map(end => {
        const [top, height] = BARS[end]
        const bars = [...row.cells].filter(([, cell]) => cell.end === end)
        if (bars.length === 0) return null
        const path = bars.map(([index]) => `M${index * step} ${top}h${bar}v${height}h-${bar}z`)
        return <path key={end} class={`fill-${end}`} d={path.join('')} />
      })}
    </svg>
  )
})
