import { copyFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { harnessError } from '../platform/errors.js'
import { privateFolder } from '../platform/files/private-folder.js'
import { pathsWithin } from '../project/module-sources.js'
import type { GcovFile } from './gcov-output.js'
import type { Branching, SourceCoverage } from './merge.js'

/** One machine's counts for one object file. */
export interface Counted {
  /** The counts as the kernel wrote them (`driver.gcda`); absent if the file was never loaded. */
  readonly data?: string
  /** The compiler's notes from the same build: `driver.gcno`. */
  readonly notes: string
  /** The folder of the build; reports name files by their path from there. */
  readonly compiledIn: string
}

const SHOWN_CHARACTERS = 200

/**
 * Reads what was executed of the module's own files, without the kernel's headers.
 * @throws ModproveError `GCOV_FAILED`: counts and notes of different builds, or another gcov
 */
export async function readCounts(
  { data, notes, compiledIn }: Counted,
  signal: AbortSignal,
): Promise<SourceCoverage[]> {
  await using folder = await privateFolder()
  const name = basename(notes, '.gcno')
  await copyFile(notes, join(folder.path, `${name}.gcno`))
  if (data !== undefined) await copyFile(data, join(folder.path, `${name}.gcda`))
  // zx and zod are slow to load, and most workers count nothing.
  const { script } = await import('../platform/process/script.js')
  const { parseGcov } = await import('./gcov-output.js')
  const gcov = script({
    cwd: folder.path,
    signal,
  })`gcov --stdout --json-format --branch-probabilities ${name}.gcno`
  const { exitCode, stdout, stderr } = await gcov.nothrow()
  signal.throwIfAborted()
  // On a stamp mismatch gcov only warns, and reports zeros.
  const isLost = data !== undefined && /stamp mismatch|cannot open/.test(stderr)
  const output = exitCode === 0 ? parseGcov(stdout) : undefined
  if (output === undefined || isLost) {
    throw harnessError('GCOV_FAILED', `gcov does not read ${data ?? notes}`, {
      detail: stderr.trim() || stdout.slice(0, SHOWN_CHARACTERS),
    })
  }
  return output.files.flatMap(source => {
    // From 6.13 on names are relative to the module's folder.
    const path = resolve(output.current_working_directory, source.file)
    const [file] = pathsWithin(compiledIn, [path])
    return file === undefined ? [] : [sourceOf(source, file)]
  })
}

function sourceOf(source: GcovFile, file: string): SourceCoverage {
  const lines = new Map<number, number>()
  const branches: Branching[] = []
  for (const { line_number: line, function_name, count, branches: ways } of source.lines) {
    lines.set(line, (lines.get(line) ?? 0) + count)
    if (ways.length === 0) continue
    branches.push({ line, function: function_name ?? '', counts: ways.map(way => way.count) })
  }
  const functions = new Map(
    source.functions.map(({ name, start_line: line, execution_count: count }) => [
      name,
      { line, count },
    ]),
  )
  return { file, lines, functions, branches }
}
