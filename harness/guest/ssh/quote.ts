/** One word for sh, whatever it holds, in quotes even where it needs none. */
export const inQuotes = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`

/** The same, readable where it needs none. */
export const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : inQuotes(word)

/** A command line as it is, or the words of one. */
export const commandLine = (command: string | readonly string[]): string =>
  typeof command === 'string' ? command : command.map(quoted).join(' ')
