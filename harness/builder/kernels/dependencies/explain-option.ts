import { didYouMean } from '../../../platform/names/did-you-mean.js'
import type { ConfigOption } from '../fragment.js'
import { evaluate, type Setting, type Tristate, type ValueOf } from './expression.js'
import type { KconfigSymbol } from './kconfig-files.js'

/** Why Kconfig did not take a line, and lines that would make it. */
export interface Explanation {
  readonly why: string
  /** `CONFIG_MEDIA_SUPPORT=y` */
  readonly add: readonly string[]
}

const MOST_SELECTORS = 5
/** Options that need options that need options. */
const DEEPEST = 8

/** A kernel's symbols, and what they are in its configuration. */
export interface Configured {
  readonly symbols: ReadonlyMap<string, readonly KconfigSymbol[]>
  readonly valueOf: ValueOf
}

/** Explains why an option did not become what a line asks for. */
export function explainOption(
  { name: option, value }: Pick<ConfigOption, 'name' | 'value'>,
  configured: Configured,
): Explanation {
  const { symbols, valueOf } = configured
  const name = bare(option)
  const definitions = symbols.get(name)
  if (definitions === undefined) {
    const near = didYouMean(name, [...symbols.keys()])
      .replaceAll('"', '')
      .trim()
    return { why: `this kernel has no such option. ${near}`.trim(), add: [] }
  }
  if (value === 'n') return { why: keptBy(name, configured), add: [] }
  if (value === 'm' && definitions.every(({ type }) => type === 'bool'))
    return { why: 'it cannot be a module', add: [`${option}=y`] }
  const least = value === 'm' ? 1 : 2
  const needs = waysOf(definitions).map(way => ({
    texts: unmetTexts(way, least, valueOf),
    missing: missingFor(way, configured, new Set([name])),
  }))
  const canBeSet = isSettable(definitions)
  const best = needs.sort((a, b) => size(a.missing) - size(b.missing))[0]
  if (!canBeSet && (best?.missing ?? []).length === 0) return bySelection(name, configured)
  if (best === undefined || best.texts.length === 0) {
    const isChoice = definitions.some(({ isChoice }) => isChoice)
    return {
      why: isChoice ? 'another option of its choice is set' : 'its value is not one that it takes',
      add: [],
    }
  }
  const why = canBeSet ? 'it depends on' : 'it cannot be set, but comes with'
  return { why: `${why} ${best.texts.join(' and ')}`.replace(/,$/, ''), add: linesOf(best.missing) }
}

/** Of those that select an option, the one that needs least is what to add. */
function bySelection(name: string, configured: Configured): Explanation {
  const by = selectors(name, configured.symbols)
  const missing = by
    .map(({ selector, condition }) => [selector, ...(condition === '' ? [] : [condition])])
    .map(way => missingFor(way, configured, new Set([name])))
    .sort((a, b) => size(a) - size(b))[0]
  const names = by.map(({ selector }) => selector)
  return { why: `it cannot be set, but is by others: ${shown(names)}`, add: linesOf(missing) }
}

const linesOf = (missing: readonly Setting[] = []): string[] => [
  ...new Set(missing.map(({ name, value }) => `CONFIG_${name}=${value}`)),
]

const bare = (option: string): string => option.replace(/^CONFIG_/, '')
const size = (missing: readonly Setting[] | undefined): number => missing?.length ?? Infinity

const isSettable = (definitions: readonly KconfigSymbol[]): boolean =>
  definitions.some(({ prompt }) => prompt !== undefined)

/** Expressions that must all hold for an option to be on. */
type Way = readonly string[]

/** A line sets an option that has a prompt; any other comes by its defaults. */
function waysOf(definitions: readonly KconfigSymbol[]): Way[] {
  const set = definitions.flatMap(({ depends, prompt }) =>
    prompt ? [[...depends, ...prompt]] : [],
  )
  const byDefault = definitions.flatMap(({ depends, defaults }) =>
    defaults.map(preset => [...depends, ...preset]),
  )
  return set.length > 0 ? set : byDefault
}

/** Expressions that do not hold, with what their symbols are. */
const unmetTexts = (way: Way, least: Tristate, valueOf: ValueOf): string[] =>
  way
    .filter(expression => evaluate(expression, valueOf).value < least)
    .map(expression => {
      if (/^\w+$/.test(expression)) return `${expression}, which is ${valueOf(expression)},`
      const missing = evaluate(expression, valueOf).missing ?? []
      const values = missing.map(({ name }) => `${name} is ${valueOf(name)}`)
      return values.length === 0 ? expression : `${expression} (${values.join(', ')})`
    })

/** Settings under which an option is on in this way, those that they need first. */
function missingFor(
  way: Way,
  configured: Configured,
  within: ReadonlySet<string>,
): readonly Setting[] | undefined {
  const { symbols, valueOf } = configured
  const settings: Setting[] = []
  for (const expression of way) {
    const { missing } = evaluate(expression, valueOf)
    if (missing === undefined) return undefined
    for (const setting of missing) {
      if (within.has(setting.name) || within.size > DEEPEST) continue
      const definitions = symbols.get(setting.name) ?? []
      const further = new Set([...within, setting.name])
      const [first] = setting.value === 'y' ? waysOf(definitions) : [[]]
      const own = first && missingFor(first, configured, further)
      const line = isSettable(definitions) ? [setting] : []
      // What others set, whatever is set, is not set by a line.
      if (own === undefined || own.length + line.length === 0) return undefined
      settings.push(...own, ...line)
    }
  }
  return settings
}

function keptBy(name: string, { symbols, valueOf }: Configured): string {
  const by = selectors(name, symbols).map(({ selector }) => selector)
  const on = by.filter(selector => valueOf(selector) !== 'n')
  return on.length === 0 ? 'it is always on' : `it is set by ${shown(on)}`
}

/** Names of symbols that select it, each with its condition. */
const selectors = (name: string, symbols: Configured['symbols']) =>
  [...symbols.values()]
    .flat()
    .flatMap(({ name: selector, selects }) =>
      selects.flatMap(({ name: selected, condition }) =>
        selected === name ? [{ selector, condition }] : [],
      ),
    )

const shown = (names: readonly string[]): string => {
  const more = names.length - MOST_SELECTORS
  const first = names.slice(0, MOST_SELECTORS).map(name => `CONFIG_${name}`)
  return names.length === 0 ? 'none' : [...first, ...(more > 0 ? [`${more} more`] : [])].join(', ')
}
