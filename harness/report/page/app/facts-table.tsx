import type { ComponentChildren } from 'preact'

/** A row of a table: its head, and the other cells. */
export interface Facts {
  readonly head: string
  readonly cells: readonly ComponentChildren[]
}

interface Props {
  readonly heads: readonly string[]
  readonly rows: readonly Facts[]
  /** Whether the rows' heads are names of files. */
  readonly files?: boolean
}

/** Facts in columns, which scroll if there is no room. */
export const FactsTable = ({ heads, rows, files = false }: Props) => (
  <div class="map-scroll">
    <table class="facts-table">
      <thead>
        <tr>
          {heads.map(head => (
            <th key={head} scope="col">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ head, cells }) => (
          <tr key={head}>
            <th scope="row" class={files ? 'mono' : undefined}>
              {head}
            </th>
            {cells.map((cell, index) => (
              <td key={index}>{cell}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </div>
)
