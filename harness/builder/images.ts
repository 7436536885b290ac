import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { usageError } from '../platform/errors.js'
import { checkoutRoot } from '../platform/paths.js'

/** What a machine is made of: catalogue, flavours, Kconfig fragments, guest code. */
export const imagesFolder = join(checkoutRoot, 'images')

export type JsonObject = Readonly<Record<string, unknown>>

/** A user's JSON file, at the point of being checked: every complaint names the file and the place. */
export class Checked {
  readonly file: string

  constructor(file: string) {
    this.file = file
  }

  static async read(file: string): Promise<{ checked: Checked; content: JsonObject }> {
    const checked = new Checked(file)
    const text = await readFile(file, 'utf8').catch((cause: unknown) => {
      throw usageError('CONFIGURATION', `${file} cannot be read: ${String(cause)}`, { cause })
    })
    try {
      return { checked, content: checked.object(JSON.parse(text), 'the file') }
    } catch (cause) {
      if (!(cause instanceof SyntaxError)) throw cause
      throw usageError('CONFIGURATION', `${file} is not JSON: ${cause.message}`, { cause })
    }
  }

  fail(place: string, expected: string, seen: unknown): never {
    const shown = JSON.stringify(seen) ?? 'nothing'
    throw usageError(
      'CONFIGURATION',
      `${this.file}: ${place} should be ${expected}, got ${shown}`,
      {
        remedy: `Correct ${place} in ${this.file}`,
      },
    )
  }

  object(value: unknown, place: string): JsonObject {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return this.fail(place, 'an object', value)
    }
    return value as JsonObject
  }

  string(value: unknown, place: string, pattern = /./, expected = 'a text'): string {
    return typeof value === 'string' && pattern.test(value)
      ? value
      : this.fail(place, expected, value)
  }

  strings(value: unknown, place: string, pattern = /./, expected = 'a text'): readonly string[] {
    if (!Array.isArray(value)) return this.fail(place, 'a list', value)
    return value.map((item, i) => this.string(item, `${place}[${i}]`, pattern, expected))
  }

  positive(value: unknown, place: string): number {
    return Number.isInteger(value) && Number(value) > 0
      ? Number(value)
      : this.fail(place, 'a positive integer', value)
  }

  /** A misspelt key would be silently without effect. */
  onlyKeys(value: JsonObject, place: string, known: readonly string[]): void {
    const unknown = Object.keys(value).filter(key => !known.includes(key))
    if (unknown.length > 0) {
      this.fail(place, `an object with the keys ${known.join(', ')} alone`, unknown)
    }
  }
}
