import { escapeTerminal } from '../../platform/text/text.js'

const REFERENCES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  // In an attribute, a parser turns these into spaces (XML 1.0, 3.3.3).
  '\n': '&#10;',
  '\t': '&#9;',
}

/** Hostile text: what XML 1.0 forbids (production Char, 2.2) or acts on a terminal is `\u{…}`. */
export const xmlText = (text: string, limitCharacters?: number): string =>
  escapeTerminal(text, limitCharacters)
    .replaceAll(/[\ufffe\uffff]/g, character => `\\u{${character.charCodeAt(0).toString(16)}}`)
    .replaceAll(/[&<>]/g, character => REFERENCES[character] ?? '')

type Attributes = Readonly<Record<string, string | number | undefined>>

/** `<name a="b">`, without undefined attributes. */
export const openTag = (name: string, attributes: Attributes = {}): string =>
  `<${name}${attributesText(attributes)}>`

/** An element; its content is markup. */
export const element = (name: string, attributes: Attributes, content = ''): string =>
  content === ''
    ? `<${name}${attributesText(attributes)}/>`
    : `<${name}${attributesText(attributes)}>${content}</${name}>`

const attributesText = (attributes: Attributes): string =>
  Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}="${quoted(String(value))}"`)
    .join('')

const MAX_ATTRIBUTE_CHARACTERS = 4000

const quoted = (text: string): string =>
  xmlText(text, MAX_ATTRIBUTE_CHARACTERS).replaceAll(
    /["'\n\t]/g,
    character => REFERENCES[character] ?? '',
  )
