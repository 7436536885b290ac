import { readFile } from 'node:fs/promises'
import { usageError } from './errors.js'

/** How a list is read whose entries each say why something is as it is. */
export interface ReasonForm<Entry> {
  /** Says what the file should hold, after "It holds a list of". */
  readonly holds: string
  /** @returns the entry, or what is wrong with it, after "entry 3 " */
  readonly read: (entry: Readonly<Record<string, unknown>>) => Entry | string
}

/**
 * A project's list of reasons, a JSON file kept by hand; empty when there is no such file.
 * @throws ModproveError `CONFIGURATION` that names the file, the entry, and the form
 */
export async function loadReasonList<Entry extends object>(
  path: string,
  { holds, read }: ReasonForm<Entry>,
): Promise<readonly Entry[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '[]'
    throw error
  })
  const malformed = (what: string, cause?: unknown) =>
    usageError('CONFIGURATION', `${path}: ${what}`, {
      remedy: `It holds a list of ${holds}`,
      cause,
    })
  let list: unknown
  try {
    list = JSON.parse(text)
  } catch (error) {
    throw malformed((error as Error).message, error)
  }
  if (!Array.isArray(list)) throw malformed('is no list')
  return list.map((item: unknown, index) => {
    const entry = read((item ?? {}) as Record<string, unknown>)
    if (typeof entry === 'string') throw malformed(`entry ${index + 1} ${entry}`)
    return entry
  })
}

/** Whether it is a text that says something. */
export const isText = (value: unknown): value is string =>
  typeof value === 'string' && value.trim() !== ''
