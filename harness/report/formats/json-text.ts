import { clip } from '../../platform/text/text.js'

const MAX_TEXT_CHARACTERS = 20_000

/**
 * Characters that act on a terminal or reorder text; `<`, which could end the script around the
 * JSON; and commands of GitHub's runner (see escapeTerminal).
 */
const ESCAPED = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}<]|#(?=#\[)/gu

const escaped = (character: string): string =>
  [...Array(character.length).keys()]
    .map(at => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
    .join('')

/** JSON with long texts cut, safe on a terminal, and the same to a parser. */
export const jsonText = (value: unknown): string =>
  JSON.stringify(
    value,
    (_, part: unknown) => (typeof part === 'string' ? clip(part, MAX_TEXT_CHARACTERS) : part),
    1,
  ).replaceAll(ESCAPED, escaped)
