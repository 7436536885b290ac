import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Data } from '../contract/data.js'
import type { CoveredFile, RunEvent } from '../contract/events.js'
import { isThere } from '../platform/files/is-there.js'
import { readJson } from '../platform/files/checked-json.js'
import { writeJson } from '../platform/files/write-atomically.js'
import { reason, type Reason } from './load-reasons.js'
import { mergeCoverage, type SourceCoverage } from './merge.js'
import { gapsOf, unusedReasons } from './reasons.js'
import { writeReports } from './write.js'

/** What a run executed, as it is merged with that of others. */
export interface Coverage {
  readonly sources: readonly SourceCoverage[]
  readonly reasons: readonly Reason[]
}

/** Beside the reports; they cannot be merged. */
const COUNTS = 'counts.json'

const count = z.number()
const kept = z.object({
  sources: z.array(
    z.object({
      file: z.string(),
      lines: z.array(z.tuple([count, count])),
      functions: z.array(z.tuple([z.string(), z.object({ line: count, count })])),
      branches: z.array(z.object({ line: count, function: z.string(), counts: z.array(count) })),
    }),
  ),
  reasons: z.array(reason),
})

/**
 * Writes lcov and HTML into a folder, and what merging needs.
 * @param root absolute; base of the paths in the coverage
 */
export async function writeCoverage(
  { sources: all, reasons }: Coverage,
  root: string,
  folder: string,
): Promise<Extract<RunEvent, { type: 'coverage' }>> {
  // Nobody writes tests for files that a build generates.
  const sources = all.filter(({ file }) => existsSync(join(root, file)))
  await writeReports(sources, root, folder)
  await writeJson(join(folder, COUNTS), {
    sources: sources.map(source => ({
      ...source,
      lines: [...source.lines],
      functions: [...source.functions],
    })),
    reasons,
  } satisfies Data<z.infer<typeof kept>>)
  const found = await Promise.all(
    sources.map(async source => {
      const text = await readFile(join(root, source.file), 'utf8')
      return gapsOf(source, text.split('\n'), reasons)
    }),
  )
  const gaps = found.flat()
  const files = sources.map(summary)
  return { type: 'coverage', folder, files, gaps, unusedReasons: unusedReasons(reasons, gaps) }
}

/** Sums what several runs executed. @param folders of {@link writeCoverage}, where it wrote any */
export async function sumCoverage(folders: readonly string[]): Promise<Coverage | undefined> {
  const parts: Coverage[] = []
  for (const folder of folders) {
    if (!(await isThere(folder))) continue
    const { sources, reasons } = await readJson(join(folder, COUNTS), kept)
    const maps = sources.map(source => ({
      ...source,
      lines: new Map(source.lines),
      functions: new Map(source.functions),
    }))
    parts.push({ sources: maps, reasons })
  }
  const [first] = parts
  if (first === undefined) return undefined
  return { sources: mergeCoverage(parts.flatMap(({ sources }) => sources)), reasons: first.reasons }
}

function summary({ file, lines, functions, branches }: SourceCoverage): CoveredFile {
  const share = (counts: readonly number[]) => ({
    covered: counts.filter(each => each > 0).length,
    total: counts.length,
  })
  return {
    file,
    lines: share([...lines.values()]),
    functions: share([...functions.values()].map(({ count: times }) => times)),
    branches: share(branches.flatMap(({ counts }) => counts)),
  }
}
