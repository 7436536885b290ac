import { didYouMean } from './did-you-mean.js'
import { usageError } from '../errors.js'

interface Named {
  readonly name: string
}

/** How items are selected, and what is said of a word that names none. */
export interface Selection<Item extends Named> {
  readonly code: string
  readonly message: (word: string) => string
  /** What they are called: `mutants`. */
  readonly noun: string
  /** Whether a word names an item otherwise than by its name. */
  readonly isAlso?: (item: Item, word: string) => boolean
  /** How an item is listed; default: its name. */
  readonly shown?: (item: Item) => string
}

/**
 * The items that words name, in their own order; all without words.
 * @throws ModproveError of the selection's code, listing the known, for a word that names none
 */
export function selectByName<Item extends Named>(
  items: readonly Item[],
  words: readonly string[],
  { code, message, noun, isAlso, shown = ({ name }) => name }: Selection<Item>,
): readonly Item[] {
  const isNamed = (item: Item, word: string): boolean =>
    item.name === word || isAlso?.(item, word) === true
  const unknown = words.find(word => !items.some(item => isNamed(item, word)))
  if (unknown === undefined)
    return items.filter(item => words.length === 0 || words.some(word => isNamed(item, word)))
  const names = items.map(({ name }) => name)
  throw usageError(code, message(unknown), {
    remedy: `${didYouMean(unknown, names)}Known ${noun}: ${items.map(shown).join(', ')}`,
  })
}
