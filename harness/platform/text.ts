/** Longest text that `escapeTerminal` gives back unless told otherwise, in UTF-16 units of its input. */
const DEFAULT_LIMIT_CHARACTERS = 100_000

/**
 * Everything that can move a cursor, colour, hide or reorder text: controls (C0, DEL, C1), format
 * characters (bidi controls, zero-width ones), lone surrogates, private use, and the two separators that
 * some terminals take for a new line. Newline and tab are layout, and stay.
 */
const UNSAFE = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu

/**
 * What GitHub's runner takes for a command where it stands in a step's output: `::name::` where a line begins, and
 * `##[name]` anywhere (https://docs.github.com/actions/reference/workflow-commands-for-github-actions).
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
 * Hostile text as a terminal may show it: what could act on the terminal, or on the CI that reads the output, appears
 * as `\xNN` or `\u{…}`.
 * @param limitCharacters longer text is cut there, and says how much is missing
 */
export function escapeTerminal(text: string, limitCharacters = DEFAULT_LIMIT_CHARACTERS): string {
  return clip(text, limitCharacters)
    .replace(UNSAFE, escapeCharacter)
    .replace(CI_COMMAND, escapeCommand)
}

/** Text that is no longer than a report bears; it says how much was cut. */
export function clip(text: string, limitCharacters = DEFAULT_LIMIT_CHARACTERS): string {
  const missing = text.length - limitCharacters
  return missing > 0 ? `${text.slice(0, limitCharacters)}… (${missing} characters more)` : text
}

/** Hostile text in one line: what breaks lines appears as a space. */
export const oneLine = (text: string, limitCharacters?: number): string =>
  escapeTerminal(text, limitCharacters).replaceAll(/\s+/g, ' ').trim()

/** Bytes as text; those that are not UTF-8 (RFC 3629) appear as `\xNN`, and nothing is lost. */
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

/** Bytes in the well-formed UTF-8 sequence at `at`, or 0 when there is none. */
function sequenceLength(bytes: Buffer, at: number): number {
  const first = bytes[at] ?? 0
  const length = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
  if (length < 2) return length
  const sequence = bytes.subarray(at, at + length)
  // U+FFFD itself may have been sent: the bytes decide, not the decoded text.
  return Buffer.from(sequence.toString('utf8')).equals(sequence) ? length : 0
}

/** One word for a POSIX shell, quoted only where it must be. */
export function shellQuote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}

/** Behind what came more than once: ` (100 times)`. */
export const timesText = (count = 1): string => (count === 1 ? '' : ` (${count} times)`)
