import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { harnessError } from '../platform/errors.js'
import { isThere } from '../platform/files/is-there.js'
import { privateFolder } from '../platform/files/private-folder.js'
import { script } from '../platform/process/script.js'
import { firstFolder, type ModuleSources } from '../project/module-sources.js'
import { copySources, sourcesOf } from './modules/module-files.js'

/** Options of checkpatch; it reads them in the folder it runs in. */
const OPTIONS = '.checkpatch.conf'
const FINDING = /^.+:\d+: (ERROR|WARNING|CHECK):/

/**
 * Returns what a kernel's checkpatch says of the modules' C files, a line each:
 * `module/ring.c:7: WARNING:LONG_LINE: line length of 101 exceeds 100 columns`. Options in
 * `.checkpatch.conf` of the first folder are for all of them.
 * @param tree the kernel's, with `scripts/checkpatch.pl`
 * @throws ModproveError `CHECKPATCH_FAILED`
 */
export async function checkpatch(
  tree: string,
  module: ModuleSources,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const files = (await sourcesOf(module)).filter(file => /\.[ch]$/.test(file))
  if (files.length === 0) return []
  // It keeps a file of names where it runs, and asks the git that it finds there.
  await using copy = await privateFolder()
  await copySources(module, copy.path)
  const options = join(firstFolder(module), OPTIONS)
  if (await isThere(options)) await copyFile(options, join(copy.path, OPTIONS))
  const $ = script({ cwd: copy.path, signal })
  const how = ['--no-tree', '--terse', '--no-summary', '--show-types', '--file']
  const said = await $`${checkpatchOf(tree)} ${how} ${files}`.nothrow()
  signal.throwIfAborted()
  const found = said.stdout.split('\n').filter(line => FINDING.test(line))
  if (said.exitCode === 0 || found.length > 0) return found
  // Of an option that it does not know, too.
  throw harnessError('CHECKPATCH_FAILED', `${checkpatchOf(tree)} fails`, {
    detail: said.stderr.trim(),
  })
}

/** Where a kernel's is; headers of distributions lack it. */
export const checkpatchOf = (tree: string): string => join(tree, 'scripts/checkpatch.pl')
