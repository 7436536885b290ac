import { cp } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { harnessError } from '../../platform/errors.js'
import { script } from '../../platform/process/script.js'
import type { Hunk, Mutant } from './mutant.js'

/**
 * Copies the module and applies the patch to the copy. Context must match exactly, because git
 * apply has no fuzz.
 * @param copy absolute path of a new folder
 * @throws ModproveError `MUTANT_DOES_NOT_APPLY` with patch, file and hunk
 */
export async function applyMutant(
  mutant: Mutant,
  moduleFolder: string,
  copy: string,
  signal: AbortSignal,
): Promise<void> {
  const mutants = join(moduleFolder, 'mutants')
  await cp(moduleFolder, copy, { recursive: true, filter: source => source !== mutants })
  // Inside a work tree, git would resolve the paths from its root.
  const env = { GIT_CEILING_DIRECTORIES: dirname(copy) }
  const { exitCode, stderr } = await script({
    cwd: copy,
    env,
    signal,
  })`git apply ${mutant.file}`.nothrow()
  signal.throwIfAborted()
  if (exitCode === 0) return
  const patch = basename(mutant.file)
  throw harnessError(
    'MUTANT_DOES_NOT_APPLY',
    `${patch} does not apply: ${failed(stderr, mutant.hunks)}`,
    {
      detail: stderr.trim(),
      remedy: `Adapt it to the module as it is, or delete it: ${mutant.file}`,
    },
  )
}

/** `driver.c, hunk 2 (line 80)`, from git's `error: patch failed: driver.c:80`. */
function failed(stderr: string, hunks: readonly Hunk[]): string {
  const [, file = '', line = ''] = /^error: patch failed: (.+):(\d+)$/m.exec(stderr) ?? []
  const hunk = hunks.find(hunk => hunk.file === file && hunk.before === Number(line))
  if (hunk !== undefined) return `${file}, hunk ${hunk.number} (line ${line})`
  return /^error: (.*)$/m.exec(stderr)?.[1] ?? 'git apply says nothing'
}
