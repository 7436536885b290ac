import { lstatSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hashFile } from './hash.js'

const NAME = 'manifest.json'

/** What a folder of the cache holds, written when it was made. */
interface Manifest {
  /** Bytes of every file, by path relative to the folder. */
  readonly sizes: Readonly<Record<string, number>>
  /** sha256 of the files whose damage no size would show and no tool would notice. */
  readonly sha256: Readonly<Record<string, string>>
}

/** @param hashed paths of the files to hash, relative to the folder */
export async function writeManifest(folder: string, hashed: readonly string[]): Promise<void> {
  const sizes: Record<string, number> = {}
  for (const item of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (item.isDirectory()) continue
    const path = join(item.parentPath, item.name)
    sizes[path.slice(folder.length + 1)] = lstatSync(path).size
  }
  const sha256: Record<string, string> = {}
  for (const path of hashed) sha256[path] = await hashFile(join(folder, path))
  await writeFile(join(folder, NAME), JSON.stringify({ sizes, sha256 } satisfies Manifest))
}

/** What is wrong with a folder of the cache: undefined when nothing is, else the first damage found. */
export async function findDamage(folder: string): Promise<string | undefined> {
  let manifest: Manifest
  try {
    manifest = JSON.parse(await readFile(join(folder, NAME), 'utf8')) as Manifest
  } catch {
    return `${NAME} is missing or cut short`
  }
  for (const [path, bytes] of Object.entries(manifest.sizes)) {
    // Thousands of files: a promise each would take ten times as long.
    const found = lstatSync(join(folder, path), { throwIfNoEntry: false })
    if (!found) return `${path} is missing`
    if (found.size !== bytes) return `${path} has ${found.size} bytes instead of ${bytes}`
  }
  for (const [path, expected] of Object.entries(manifest.sha256)) {
    if ((await hashFile(join(folder, path))) !== expected) return `${path} has other content`
  }
  return undefined
}
