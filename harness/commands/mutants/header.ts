import { usageError, type ModproveError } from '../../platform/errors.js'

const KEYS = ['Breaks', 'Precedent', 'Catcher', 'Finding', 'Flavour', 'Suites']

export const badMutant = (file: string, what: string, remedy?: string): ModproveError =>
  usageError('BAD_MUTANT', `${file}: ${what}`, {
    remedy: remedy ?? 'module/mutants/README.md of modprove describes the header of a patch',
  })

/** The values before a patch's diff. */
export interface MutantHeader {
  /** @throws ModproveError `BAD_MUTANT` if it is missing */
  readonly require: (key: string) => string
  /** `ioctl, mmap` → two words; none if the key is missing. */
  readonly words: (key: string) => string[]
}

/**
 * Reads `Key: value` lines; an indented line continues the previous one.
 * @param lines up to the empty line before the diff
 * @throws ModproveError `BAD_MUTANT` on a malformed line, or an unknown, repeated or empty key
 */
export function parseHeader(file: string, lines: readonly string[]): MutantHeader {
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
  return {
    require: key => {
      const value = values.get(key)
      if (value === undefined) throw badMutant(file, `${key} is missing`)
      return value
    },
    words: key =>
      values
        .get(key)
        ?.split(',')
        .map(word => word.trim()) ?? [],
  }
}
