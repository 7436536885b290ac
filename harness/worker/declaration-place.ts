import { suiteLine } from '../platform/text/suite-line.js'

/** Where the suite or a test of it is declared: `line 3, "one"`. */
export function declarationPlace(declared: Error | undefined, what: string): string {
  const line = suiteLine(declared?.stack)?.line
  return line === undefined ? what : `line ${line}, ${what}`
}
