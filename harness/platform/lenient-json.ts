import { readFile } from 'node:fs/promises'

/** The object in a JSON file that is only a hint; empty if it is missing or damaged. */
export async function readHint(path: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'))
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
