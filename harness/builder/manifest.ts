import { lstatSync } from 'node:fs'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isObject, readHint } from '../platform/files/lenient-json.js'
import { hashFile } from './hash.js'

const NAME = 'manifest.json'

/** Contents of a cache folder, written when it was made. */
interface Manifest {
  /** The entry's own key, so that a copied folder is detected. Absent in earlier versions. */
  readonly key?: string
  /** Size in bytes of each file, by relative path. */
  readonly sizes: Readonly<Record<string, number>>
  /** sha256 of files whose damage neither size nor tools would reveal. */
  readonly sha256: Readonly<Record<string, string>>
}

/** @param hashed relative paths of the files to hash */
export async function writeManifest(
  folder: string,
  key: string,
  hashed: readonly string[] | 'all',
): Promise<void> {
  const sizes: Record<string, number> = {}
  for (const item of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (item.isDirectory()) continue
    const path = join(item.parentPath, item.name)
    sizes[path.slice(folder.length + 1)] = lstatSync(path).size
  }
  const sha256: Record<string, string> = {}
  const named = hashed === 'all' ? Object.keys(sizes) : hashed
  for (const path of named) sha256[path] = await hashFile(join(folder, path))
  await writeFile(join(folder, NAME), JSON.stringify({ key, sizes, sha256 } satisfies Manifest))
}

/** Returns the first damage in a cache folder; undefined if there is none. */
export async function findDamage(folder: string, key: string): Promise<string | undefined> {
  const manifest = await readManifest(folder)
  if (manifest === undefined) return `${NAME} is missing or cut short`
  if (manifest.key !== undefined && manifest.key !== key) return `it is that of ${manifest.key}`
  for (const [path, bytes] of Object.entries(manifest.sizes)) {
    // Synchronous: for thousands of files, promises take ten times as long.
    const found = lstatSync(join(folder, path), { throwIfNoEntry: false })
    if (!found) return `${path} is missing`
    if (found.size !== bytes) return `${path} has ${found.size} bytes instead of ${bytes}`
  }
  for (const [path, expected] of Object.entries(manifest.sha256)) {
    if ((await hashFile(join(folder, path))) !== expected) return `${path} has other content`
  }
  return undefined
}

// Checked by hand: workers load this file, and zod would cost each of them 70 ms.
async function readManifest(folder: string): Promise<Manifest | undefined> {
  const manifest = await readHint(join(folder, NAME))
  const isWhole = isObject(manifest['sizes']) && isObject(manifest['sha256'])
  return isWhole ? (manifest as unknown as Manifest) : undefined
}
