import { usageError, type ModproveError } from '../../platform/errors.js'

const KEYS = ['Breaks', 'Precedent', 'Catcher', 'Finding', 'Flavour', 'Suites']

export const badMutant = (file: string, what: string, remedy?: string): ModproveError =>
  usageError('BAD_MUTANT', `${file}: ${what}`, {
    remedy: remedy ?? 'module/mutants/README.md of modprove describes the header of a patch',
  })

/** The `Key: value` lines before a patch's diff; an indented line continues the previous one. */
export class Header {
  readonly #file: string
  readonly #values: ReadonlyMap<string, string>

  private constructor(file: string, values: ReadonlyMap<string, string>) {
    this.#file = file
    this.#values = values
  }

  /**
   * @param lines up to the empty line before the diff
   * @throws ModproveError `BAD_MUTANT` on a malformed line, or an unknown, repeated or empty key
   */
  static parse(file: string, lines: readonly string[]): Header {
    const values = new Map<string, string>()
    let key: string | undefined
    for (const line of lines) {
      if (/^\s+\S/.test(line) && key !== undefined) {
        values.set(key, `${values.get(key)} ${line.trim()}`)
        continue
      }
      const [, name, value = ''] = /^([A-Za-z]+):\s*(.*?)\s*$/.exec(line) ?? []
      if (name === undefined) throw badMutant(file, `expected "Key: value", got "${line}"`)
      if (values.has(name)) throw badMutant(file, `${name} is repeated`)
      key = name
      values.set(name, value)
    }
    for (const [name, value] of values) {
      if (!KEYS.includes(name)) {
        throw badMutant(file, `unknown key ${name}`, `Known keys: ${KEYS.join(', ')}`)
      }
      if (value === '') throw badMutant(file, `${name} is empty`)
    }
    return new Header(file, values)
  }

  /** @throws ModproveError `BAD_MUTANT` if it is missing */
  require(key: string): string {
    const value = this.#values.get(key)
    if (value === undefined) throw badMutant(this.#file, `${key} is missing`)
    return value
  }

  /** `ioctl, mmap` → two words; none if the key is missing. */
  words(key: string): string[] {
    const value = this.#values.get(key)
    return value === undefined ? [] : value.split(',').map(word => word.trim())
  }
}
