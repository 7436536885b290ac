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
  const ways = definitions.filter(({ prompt }) => prompt !== undefined)
  if (ways.length === 0)
    return {
      why: `it cannot be set, but is by others: ${shown(selectors(name, symbols))}`,
      add: [],
    }
  const needs = ways.map(way => ({
    texts: unmetTexts(way, value === 'm' ? 1 : 2, valueOf),
    missing: missingFor(way, configured, new Set([name])),
  }))
  const best = needs.sort((a, b) => size(a.missing) - size(b.missing))[0]
  if (best === undefined || best.texts.length === 0) {
    const isChoice = ways.some(way => way.isChoice)
    return {
      why: isChoice ? 'another option of its choice is set' : 'its value is not one that it takes',
      add: [],
    }
  }
  const add = [...new Set((best.missing ?? []).map(({ name, value }) => `CONFIG_${name}=${value}`))]
  return { why: `it depends on ${best.texts.join(' and ')}`.replace(/,$/, ''), add }
}

const bare = (option: string): string => option.replace(/^CONFIG_/, '')
const size = (missing: readonly Setting[] | undefined): number => missing?.length ?? Infinity

const conditionsOf = ({ depends, prompt = [] }: KconfigSymbol): string[] => [...depends, ...prompt]

/** Expressions that do not hold, with what their symbols are. */
const unmetTexts = (symbol: KconfigSymbol, least: Tristate, valueOf: ValueOf): string[] =>
  conditionsOf(symbol)
    .filter(expression => evaluate(expression, valueOf).value < least)
    .map(expression => {
      if (/^\w+$/.test(expression)) return `${expression}, which is ${valueOf(expression)},`
      const missing = evaluate(expression, valueOf).missing ?? []
      const values = missing.map(({ name }) => `${name} is ${valueOf(name)}`)
      return values.length === 0 ? expression : `${expression} (${values.join(', ')})`
    })

/** Settings under which a symbol can be set, those that they need first. */
function missingFor(
  symbol: KconfigSymbol,
  { symbols, valueOf }: Configured,
  within: ReadonlySet<string>,
): readonly Setting[] | undefined {
  const settings: Setting[] = []
  for (const expression of conditionsOf(symbol)) {
    const { missing } = evaluate(expression, valueOf)
    if (missing === undefined) return undefined
    for (const setting of missing) {
      if (within.has(setting.name) || within.size > DEEPEST) continue
      const way = symbols.get(setting.name)?.find(({ prompt }) => prompt !== undefined)
      // What others set is not set by a line.
      if (way === undefined) return undefined
      const own = missingFor(way, { symbols, valueOf }, new Set([...within, setting.name]))
      settings.push(...(setting.value === 'y' ? (own ?? []) : []), setting)
    }
  }
  return settings
}

function keptBy(name: string, { symbols, valueOf }: Configured): string {
  const by = selectors(name, symbols).filter(selector => valueOf(selector) !== 'n')
  return by.length === 0 ? 'it is always on' : `it is set by ${shown(by)}`
}

/** Names of symbols that select it. */
const selectors = (name: string, symbols: Configured['symbols']): string[] =>
  [...symbols.values()]
    .flat()
    .filter(({ selects }) => selects.some(selected => selected.name === name))
    .map(selector => selector.name)

const shown = (names: readonly string[]): string => {
  const more = names.length - MOST_SELECTORS
  const first = names.slice(0, MOST_SELECTORS).map(name => `CONFIG_${name}`)
  return names.length === 0 ? 'none' : [...first, ...(more > 0 ? [`${more} more`] : [])].join(', ')
}
