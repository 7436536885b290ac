import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { storedKinds } from '../builder/index.js'
import { EXIT } from '../platform/errors.js'
import { cacheFolder } from '../platform/files/cache-folder.js'
import { recordsOf, shellsOf } from '../record/record.js'
import type { Invocation } from './invocation.js'

export interface CleanOptions {
  records?: boolean
  dryRun?: boolean
}

/** Bytes allocated in a folder (stat(2)'s blocks); 0 if it does not exist. */
async function bytesBelow(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) return 0
  if (!found.isDirectory()) return found.blocks * 512
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  const sizes = await Promise.all(
    entries
      .filter(entry => entry.isFile())
      .map(entry => bytesBelow(join(entry.parentPath, entry.name))),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}

/** What modprove creates in its cache folder; nothing else is deleted. */
const CACHED = [
  ...storedKinds,
  ...['accelerator.json', 'accelerator-said', 'archive', 'ccache', 'kernel.org', 'locks', 'logs'],
  ...['path-builds', 'sources', 'unpacked'],
]

const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`

export async function execute({
  options,
  terminal,
  project: read,
}: Invocation<CleanOptions>): Promise<number> {
  const project = await read()
  const cached = CACHED.map(name => join(cacheFolder(), name))
  // The harness's compiled JavaScript goes last: this process runs from it.
  const folders = [
    ...cached,
    ...(options.records === true ? [recordsOf(project), shellsOf(project)] : []),
    join(project.state, 'js'),
    join(cacheFolder(), 'js'),
  ]
  for (const folder of folders) {
    const bytes = await bytesBelow(folder)
    if (bytes === 0) continue
    const size = mebibytes(bytes)
    if (options.dryRun !== true) await rm(folder, { recursive: true, force: true })
    terminal.write(`${options.dryRun === true ? 'would delete' : 'deleted'} ${folder} (${size})\n`)
  }
  return EXIT.passed
}
