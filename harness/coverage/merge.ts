/** Coverage of one source file, summed over builds and runs. */
export interface SourceCoverage {
  /** `module/driver.c` */
  readonly file: string
  /** Executions of each line with code, by line number. */
  readonly lines: ReadonlyMap<number, number>
  readonly functions: ReadonlyMap<string, { readonly line: number; readonly count: number }>
  /** Each branch point of the compiled code. */
  readonly branches: readonly Branching[]
}

/** The branches of one line in one function; each inlined copy counts separately. */
export interface Branching {
  readonly line: number
  readonly function: string
  /** How often each branch was taken. */
  readonly counts: readonly number[]
}

/**
 * Sums coverage of the same files. Headers and compilers of two kernels may give a line different
 * branches: only branch points with the same number of branches are summed.
 */
export function mergeCoverage(parts: readonly SourceCoverage[]): SourceCoverage[] {
  const byFile = new Map<string, SourceCoverage[]>()
  for (const part of parts) byFile.set(part.file, [...(byFile.get(part.file) ?? []), part])
  return [...byFile]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([file, same]) => ({
      file,
      lines: sumLines(same),
      functions: sumFunctions(same),
      branches: sumBranches(same),
    }))
}

function sumLines(parts: readonly SourceCoverage[]): Map<number, number> {
  const sum = new Map<number, number>()
  for (const { lines } of parts) {
    for (const [line, count] of lines) sum.set(line, (sum.get(line) ?? 0) + count)
  }
  return new Map([...sum].sort(([a], [b]) => a - b))
}

function sumFunctions(parts: readonly SourceCoverage[]): SourceCoverage['functions'] {
  const sum = new Map<string, { line: number; count: number }>()
  for (const { functions } of parts) {
    for (const [name, { line, count }] of functions) {
      sum.set(name, { line, count: count + (sum.get(name)?.count ?? 0) })
    }
  }
  return sum
}

function sumBranches(parts: readonly SourceCoverage[]): Branching[] {
  const sum = new Map<string, Branching>()
  for (const branching of parts.flatMap(({ branches }) => branches)) {
    const key = `${branching.line} ${branching.function} ${branching.counts.length}`
    const other = sum.get(key)?.counts ?? []
    const counts = branching.counts.map((count, way) => count + (other[way] ?? 0))
    sum.set(key, { ...branching, counts })
  }
  return [...sum.values()].sort((a, b) => a.line - b.line)
}
