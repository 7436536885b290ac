import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { filesBelow } from '../../platform/files/files-below.js'

/** SHA-256 of a file. */
export async function sumOf(file: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return hash.digest('hex')
}

/** Of all files of a bundle, by their path. */
export async function sumsOf(bundle: string): Promise<Record<string, string>> {
  const sums: Record<string, string> = {}
  for (const file of await filesBelow(bundle)) sums[file] = await sumOf(join(bundle, file))
  return sums
}
