import { readFile } from 'node:fs/promises'

type JsonObject = Readonly<Record<string, unknown>>

/** Whether a value is an object with fields. For workers, which do without zod: it loads slowly. */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The object in a JSON file that is only a hint; empty if it is missing or damaged. */
export async function readHint(path: string): Promise<JsonObject> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'))
    return isObject(value) ? value : {}
  } catch {
    return {}
  }
}
