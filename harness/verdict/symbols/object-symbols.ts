import type { Frame } from '../finding.js'

/** A function's or variable's place in a relocatable object. */
interface ObjectSymbol {
  readonly section: string
  readonly value: number
  readonly size: number
  readonly isVariable: boolean
}

/** An object's functions and variables by name; static ones may share a name. */
export type Symbols = ReadonlyMap<string, readonly ObjectSymbol[]>

/** An address to look up, relative to its section. */
export type SectionAddress = Pick<ObjectSymbol, 'section'> & { readonly address: number }

/** Functions are aligned; kallsyms counts the padding as part of the function. */
const MAX_PADDING_BYTES = 64

/** @param lines output of `nm -f sysv` */
export function readSymbols(lines: readonly string[]): Symbols {
  const symbols = new Map<string, ObjectSymbol[]>()
  for (const line of lines) {
    const [name = '', value = '', , type = '', size = '', , section = ''] = line
      .split('|')
      .map(field => field.trim())
    if (type !== 'FUNC' && type !== 'OBJECT') continue
    const place = { section, value: parseInt(value, 16), size: parseInt(size, 16) }
    const symbol = { ...place, isVariable: type === 'OBJECT' }
    symbols.set(name, [...(symbols.get(name) ?? []), symbol])
  }
  return symbols
}

/** The function, or variable, at this address of a section. */
export function functionAt(
  symbols: Symbols,
  { section, address }: SectionAddress,
): Pick<Frame, 'function' | 'offset' | 'size'> | undefined {
  for (const [name, places] of symbols)
    for (const { section: where, value, size } of places)
      if (where === section && value <= address && address < value + size)
        return { function: name, offset: address - value, size }
  return undefined
}

/** Where to look up a frame, or the reason why it cannot be. */
export function placeInObject(
  { function: name, offset, size, exact }: Frame,
  symbols: Symbols,
): SectionAddress | string {
  const named = symbols.get(name) ?? []
  // A return address points behind the call.
  const within = offset - (exact || offset === 0 ? 0 : 1)
  const padding = (symbol: ObjectSymbol): number => size - symbol.size
  const fits = (symbol: ObjectSymbol): boolean =>
    padding(symbol) < MAX_PADDING_BYTES ||
    // kallsyms lets a section's last function reach to the end of the page.
    (named.length === 1 && within < symbol.size && isLast(symbol, symbols))
  const [best, next] = named
    .filter(symbol => padding(symbol) >= 0 && fits(symbol))
    .sort((a, b) => padding(a) - padding(b))
  if (best === undefined)
    return named.length === 0
      ? `its object has no function ${name}`
      : `${name} has ${size} bytes in the trace, and ${sizesOf(named)} in its object`
  if (next !== undefined && padding(next) === padding(best))
    return `its object has several functions ${name} of the same size`
  // addr2line knows a variable by its first byte alone.
  return { section: best.section, address: best.value + (best.isVariable ? 0 : within) }
}

const isLast = ({ section, value }: ObjectSymbol, symbols: Symbols): boolean =>
  [...symbols.values()].flat().every(other => other.section !== section || other.value <= value)

const sizesOf = (named: readonly ObjectSymbol[]): string =>
  named.map(({ size }) => size).join(' or ')
