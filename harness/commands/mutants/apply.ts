import { basename, dirname } from 'node:path'
import { copySources } from '../../builder/index.js'
import { harnessError } from '../../platform/errors.js'
import { firstFolder, type ModuleSources } from '../../project/module-sources.js'
import { script } from '../../platform/process/script.js'
import type { Hunk, Mutant } from './mutant.js'

/**
 * Copies the modules and applies the patch to the first folder of the copy. Context must match
 * exactly, because git apply has no fuzz.
 * @param copy absolute path of a new folder
 * @returns the copy
 * @throws ModproveError `MUTANT_DOES_NOT_APPLY` with patch, file and hunk
 */
export async function applyMutant(
  mutant: Mutant,
  module: ModuleSources,
  copy: string,
  signal: AbortSignal,
): Promise<ModuleSources> {
  const copied = await copySources(module, copy)
  const folder = firstFolder(copied)
  // Inside a work tree, git would resolve the paths from its root.
  const env = { GIT_CEILING_DIRECTORIES: dirname(folder) }
  const { exitCode, stderr } = await script({
    cwd: folder,
    env,
    signal,
  })`git apply ${mutant.file}`.nothrow()
  signal.throwIfAborted()
  if (exitCode === 0) return copied
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
