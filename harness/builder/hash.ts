import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'

/** sha256 of a file, in hexadecimal. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash)
  return hash.digest('hex')
}

/**
 * Hashes all inputs of something into 16 hexadecimal digits, which depend on each part, its name
 * and the order. Lengths are hashed, too, so that no two lists of parts collide.
 */
export function contentKey(parts: Readonly<Record<string, string | Uint8Array>>): string {
  const hash = createHash('sha256')
  for (const [name, part] of Object.entries(parts)) {
    hash.update(`${name} ${Buffer.byteLength(part)}\n`).update(part)
  }
  return hash.digest('hex').slice(0, 16)
}
