/** Default limit of `escapeTerminal`, in UTF-16 units of its input. */
const DEFAULT_LIMIT_CHARACTERS = 100_000

/**
 * Everything that can move a cursor, colour, hide or reorder text: controls (C0, DEL, C1), format
 * characters (bidi controls, zero-width ones), lone surrogates, private use, and the two separators
 * that some terminals treat as a newline. Newline and tab stay.
 */
const UNSAFE = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu

/**
 * Commands of GitHub's runner in a step's output: `::name::` at the start of a line, `##[name]`
 * anywhere (https://docs.github.com/actions/reference/workflow-commands-for-github-actions).
 */
const CI_COMMAND = /^[^\S\n]*:(?=:)|#(?=#\[)/gm

const escapeCommand = (begin: string): string =>
  `${begin.slice(0, -1)}${hexByte(begin.charCodeAt(begin.length - 1))}`

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0
  return code <= 0xff ? hexByte(code) : `\\u{${code.toString(16)}}`
}

const hexByte = (byte: number): string => `\\x${byte.toString(16).padStart(2, '0')}`

/**
 * Makes untrusted text safe for a terminal, and for a CI that reads the output: escapes appear as
 * `\xNN` or `\u{…}`.
 * @param limitCharacters longer text is cut, with a note of how much is missing
 */
export function escapeTerminal(text: string, limitCharacters = DEFAULT_LIMIT_CHARACTERS): string {
  return clip(text, limitCharacters)
    .replace(UNSAFE, escapeCharacter)
    .replace(CI_COMMAND, escapeCommand)
}

/** Cuts long text, with a note of how much is missing. */
export function clip(text: string, limitCharacters = DEFAULT_LIMIT_CHARACTERS): string {
  const missing = text.length - limitCharacters
  return missing > 0 ? `${text.slice(0, limitCharacters)}… (${missing} characters more)` : text
}

/** Untrusted text on one line; line breaks become spaces. */
export const oneLine = (text: string, limitCharacters?: number): string =>
  escapeTerminal(text, limitCharacters).replaceAll(/\s+/g, ' ').trim()

/** Decodes bytes; those that are not UTF-8 (RFC 3629) appear as `\xNN`, so that nothing is lost. */
export function decodeUtf8(bytes: Uint8Array): string {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const text = whole.toString('utf8')
  if (!text.includes('\ufffd')) return text
  let decoded = ''
  for (let at = 0; at < whole.length;) {
    const length = sequenceLength(whole, at)
    decoded += length === 0 ? hexByte(whole[at] ?? 0) : whole.toString('utf8', at, at + length)
    at += Math.max(length, 1)
  }
  return decoded
}

/** Length in bytes of the well-formed UTF-8 sequence at `at`, or 0 when there is none. */
function sequenceLength(bytes: Buffer, at: number): number {
  const first = bytes[at] ?? 0
  const length = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
  if (length < 2) return length
  const sequence = bytes.subarray(at, at + length)
  // U+FFFD may be genuine: compare the bytes, not the decoded text.
  return Buffer.from(sequence.toString('utf8')).equals(sequence) ? length : 0
}

/** Each line after a margin; without blank lines at the end. */
export const indented = (text: string, margin: string): string =>
  text
    .trimEnd()
    .split('\n')
    .map(line => margin + line)
    .join('\n')

/** One word for a POSIX shell, quoted. */
export const inQuotes = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`

/** One word for a POSIX shell, quoted only where it must be. */
export const shellQuote = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : inQuotes(word)

/** A suffix for what occurred more than once: ` (100 times)`. */
export const timesText = (count = 1): string => (count === 1 ? '' : ` (${count} times)`)

/** A regular expression that matches this text alone. */
export const escapeRegExp = (text: string): string =>
  text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)

/** The first and the last lines of a long text, with a note of how many are missing. */
export function headAndTail(text: string, most: number): string {
  const lines = text.trimEnd().split('\n')
  const missing = lines.length - most
  if (missing <= 0) return lines.join('\n')
  const half = Math.ceil(most / 2)
  return [...lines.slice(0, half), `… ${missing} lines`, ...lines.slice(half + missing)].join('\n')
}
