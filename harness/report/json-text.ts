import { clip } from '../platform/text.js'

const LONGEST_TEXT_CHARACTERS = 20_000

/**
 * What acts on a terminal or reorders text; `<`, which could end a script that the JSON is put into; and what GitHub's runner
 * takes for a command (see escapeTerminal).
 */
const ESCAPED = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}<]|#(?=#\[)/gu

const escaped = (character: string): string =>
  [...Array(character.length).keys()]
    .map(at => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
    .join('')

/** JSON that shows no text longer than a report bears, and is the same text to a terminal as to a parser. */
export const jsonText = (value: unknown): string =>
  JSON.stringify(
    value,
    (_, part: unknown) => (typeof part === 'string' ? clip(part, LONGEST_TEXT_CHARACTERS) : part),
    1,
  ).replaceAll(ESCAPED, escaped)
