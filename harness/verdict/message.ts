import { CUT_HERE } from './reader/boundaries.js'
import type { Finding } from './finding.js'

const MAX_CHARACTERS = 200
const HEADLINE = /^(?:WARNING: |kernel BUG at )/

/** The message of a WARN() or BUG(), or what has no stack; empty if there is none. */
export function messageOf({
  kind,
  isBare,
  text,
}: Pick<Finding, 'kind' | 'isBare' | 'text'>): string {
  const lines = text.split('\n', 16)
  const [first = ''] = lines
  if (isBare || kind === 'outliving') return first.slice(0, MAX_CHARACTERS)
  const cut = lines.findIndex(line => CUT_HERE.test(line))
  const head = lines.findIndex(line => HEADLINE.test(line))
  if (cut === -1 || head <= cut) return ''
  return lines
    .slice(cut + 1, head)
    .join(' ')
    .slice(0, MAX_CHARACTERS)
}

/** Replaces numbers and addresses, which differ each time. */
export const withoutNumbers = (text: string): string =>
  text.replace(/\b(?:0x[0-9a-f]+|[0-9a-f]{8,16})\b/gi, 'ADDR').replace(/\d+/g, 'N')
