import { join } from 'node:path'
import { abortedAfter, scaledHere } from '../../platform/waiting/deadlines.js'
import { failureError } from '../../platform/errors.js'
import { script } from '../../platform/process/script.js'
import { clip, headAndTail } from '../../platform/text/text.js'
import { buildEnvironment } from '../compiler.js'
import type { BuildFolder } from './module-output.js'
import type { KernelBuild } from '../types.js'

const LIMIT_MS = 300_000
const SHOWN_LINES = 40
const SHOWN_CHARACTERS = 20_000

/**
 * Runs the command that makes what make needs, in the copy of a folder, with the kernel in the
 * environment as for a PRE_BUILD of dkms(8).
 * @throws ModproveError `PREPARE_FAILED` (exit 1) with its output; the signal's reason
 */
export async function prepareFolder(
  { build, name }: BuildFolder,
  command: string,
  { release, tree }: Pick<KernelBuild, 'release' | 'tree'>,
  signal: AbortSignal,
  limitMs = scaledHere(LIMIT_MS),
): Promise<void> {
  const over = abortedAfter(limitMs, signal)
  const env = { ...buildEnvironment(build), kernelver: release, kernel_source_dir: tree }
  const $ = script({ cwd: join(build, name), signal: over, env })
  // Output without end breaks the pipe, and ends what writes it.
  const { exitCode, stdout } = await $`sh -c ${command} 2>&1 | stdbuf -o0 head -c 16M`.nothrow()
  signal.throwIfAborted()
  if (exitCode === 0) return
  const how = over.aborted ? `has not ended in ${limitMs / 1000} s` : `exits with ${exitCode}`
  throw failureError('PREPARE_FAILED', `prepare of ${name}/ ${how}: ${command}`, {
    detail: clip(headAndTail(stdout, SHOWN_LINES), SHOWN_CHARACTERS),
    remedy: `It runs in a copy of ${name}/, without hidden files, beside what "include" names. Correct what it runs, or "prepare" of ${name}/ in the configuration: ${command}`,
  })
}
