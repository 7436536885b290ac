import { memo } from 'preact/compat'
import { kernelTitle } from '../../../contract/column-title.js'
import type { PageColumn } from './model.js'

interface Props {
  readonly columns: readonly PageColumn[]
  readonly wide: boolean
  readonly chosen: string | undefined
  readonly onChoose: (column: string | undefined) => void
}

/** Flavours below their release if there is room; else one vertical label per column. */
export const ColumnHeads = memo(({ columns, wide, chosen, onChoose }: Props) => (
  <thead>
    {wide && (
      <tr>
        <td class="corner" />
        {kernelsOf(columns).map(({ title, kernel, indexes }) => (
          <th key={indexes[0]} colSpan={indexes.length} scope="colgroup" class="release">
            {title} {isSeries(kernel, title) && <span class="series">{kernel}</span>}
          </th>
        ))}
      </tr>
    )}
    <tr>
      <td class="corner" />
      {columns.map(({ index, name, label, flavour, failed }) => (
        <th key={index} scope="col" aria-selected={chosen === name} class="column-head">
          <button
            aria-label={`${label}: list its tests alone`}
            aria-pressed={chosen === name}
            title={label}
            onClick={() => onChoose(chosen === name ? undefined : name)}
          >
            <span>{wide ? flavour : label}</span>
            {failed?.status === 'xfail' && <span class="end-x"> ×</span>}
            {failed !== undefined && failed.status !== 'xfail' && <span class="end-e"> ‼</span>}
          </button>
        </th>
      ))}
    </tr>
  </thead>
))

/** A kernel that was asked for by its series is shown in its newest release. */
const isSeries = (kernel: string, title: string): boolean =>
  kernel !== title && !kernel.includes(':')

/** Adjacent columns of one kernel share a head. */
function kernelsOf(columns: readonly PageColumn[]) {
  const heads: { title: string; kernel: string; indexes: number[] }[] = []
  for (const column of columns) {
    const [title, { kernel, index }] = [kernelTitle(column), column]
    const last = heads.at(-1)
    if (last?.title === title && last.kernel === kernel) last.indexes.push(index)
    else heads.push({ title, kernel, indexes: [index] })
  }
  return heads
}
