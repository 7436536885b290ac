/** Quotes a word for sh, even if it needs no quotes. */
export const inQuotes = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`

/** Quotes a word for sh only if needed. */
export const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : inQuotes(word)

/** Returns a command line unchanged, or quotes its words. */
export const commandLine = (command: string | readonly string[]): string =>
  typeof command === 'string' ? command : command.map(quoted).join(' ')
