/** Lines of a table, its columns aligned: at the right, but for those named. */
export function aligned(rows: readonly (readonly string[])[], atLeft: readonly number[]): string[] {
  const widthOf = (at: number): number => Math.max(...rows.map(row => row[at]?.length ?? 0))
  const widths = (rows[0] ?? []).map((_, at) => widthOf(at))
  const cell = (text: string, at: number): string =>
    atLeft.includes(at) ? text.padEnd(widths[at] ?? 0) : text.padStart(widths[at] ?? 0)
  return rows.map(row => row.map(cell).join('  ').trimEnd())
}
