import { readdir } from 'node:fs/promises'
import { join, relative } from 'node:path'

/** Sorted paths of all files below a folder, relative to it; without links. */
export async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter(entry => entry.isFile())
    .map(entry => relative(folder, join(entry.parentPath, entry.name)))
    .sort()
}
