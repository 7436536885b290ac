import { memo } from 'preact/compat'
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
        {releases(columns).map(({ release, kernel, indexes }) => (
          <th key={indexes[0]} colSpan={indexes.length} scope="colgroup" class="release">
            {release} {kernel !== release && <span class="series">{kernel}</span>}
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

/** Adjacent columns of one release share a head. */
function releases(columns: readonly PageColumn[]) {
  const heads: { release: string; kernel: string; indexes: number[] }[] = []
  for (const { release, kernel, index } of columns) {
    const last = heads.at(-1)
    if (last?.release === release && last.kernel === kernel) last.indexes.push(index)
    else heads.push({ release, kernel, indexes: [index] })
  }
  return heads
}
