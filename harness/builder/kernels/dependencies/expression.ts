/** Values of Kconfig's expressions: n, m and y (Documentation/kbuild/kconfig-language.rst). */
export type Tristate = 0 | 1 | 2

/** The text of a symbol's value in a .config; `n` when it has none. */
export type ValueOf = (name: string) => string

/** A setting that would make an expression hold. */
export interface Setting {
  readonly name: string
  readonly value: 'y' | 'n'
}

/** An expression's value, and a cheap way to make it y. */
export interface Evaluated {
  readonly value: Tristate
  /** Empty when it is y; undefined when no setting helps. */
  readonly missing: readonly Setting[] | undefined
  /** What would make it n. */
  readonly against: readonly Setting[] | undefined
}

const TOKEN = /\s*(\$\((?:[^()]|\([^()]*\))*\)|&&|\|\||!=|<=|>=|[()!=<>]|"[^"]*"|'[^']*'|[\w.-]+)/gy
/** Not a way to get an option: it only builds what runs on other machines. */
const NO_WAY = ['COMPILE_TEST', 'BROKEN', 'EXPERT']

/** Evaluates an expression of Kconfig. What the compiler and shell would be asked counts as y. */
export function evaluate(expression: string, valueOf: ValueOf): Evaluated {
  const tokens = [...expression.matchAll(TOKEN)].map(([, token = '']) => token)
  const either = (): Evaluated => {
    let left = both()
    while (tokens[0] === '||' && tokens.shift()) left = anyOf(left, both())
    return left
  }
  const both = (): Evaluated => {
    let left = one()
    while (tokens[0] === '&&' && tokens.shift()) left = allOf(left, one())
    return left
  }
  const one = (): Evaluated => {
    const token = tokens.shift() ?? 'y'
    if (token === '!') return not(one())
    if (token === '(') {
      const inner = either()
      tokens.shift()
      return inner
    }
    if (!/^(!=|<=|>=|[=<>])$/.test(tokens[0] ?? '')) return symbol(token, valueOf)
    const operator = tokens.shift() ?? ''
    return compared(token, operator, tokens.shift() ?? '', valueOf)
  }
  return either()
}

const TRUE: Evaluated = { value: 2, missing: [], against: undefined }

function symbol(token: string, valueOf: ValueOf): Evaluated {
  if (token === 'y' || token.startsWith('$')) return TRUE
  const value = tristate(token === 'n' || token === 'm' ? token : valueOf(token))
  if (token === 'n' || token === 'm') return { value, missing: undefined, against: [] }
  const missing = NO_WAY.includes(token) ? undefined : [{ name: token, value: 'y' } as const]
  return {
    value,
    missing: value === 2 ? [] : missing,
    against: value === 0 ? [] : [{ name: token, value: 'n' }],
  }
}

function compared(left: string, operator: string, right: string, valueOf: ValueOf): Evaluated {
  const text = (word: string): string =>
    /^["'\d]|^[ymn]$/.test(word) ? word.replaceAll(/["']/g, '') : valueOf(word)
  const [a, b] = [text(left), text(right)]
  const numbers = Number(a) - Number(b)
  const order = Number.isNaN(numbers) ? (a < b ? -1 : a === b ? 0 : 1) : numbers
  const holds = {
    '=': a === b,
    '!=': a !== b,
    '<': order < 0,
    '>': order > 0,
    '<=': order <= 0,
    '>=': order >= 0,
  }[operator]
  const isSwitch = operator === '=' && (b === 'y' || b === 'n')
  const missing = isSwitch ? [{ name: left, value: b } as Setting] : undefined
  return holds === true ? TRUE : { value: 0, missing, against: [] }
}

const allOf = (a: Evaluated, b: Evaluated): Evaluated => ({
  value: Math.min(a.value, b.value) as Tristate,
  missing: joined(a.missing, b.missing),
  against: cheaper(a.against, b.against),
})

const anyOf = (a: Evaluated, b: Evaluated): Evaluated => ({
  value: Math.max(a.value, b.value) as Tristate,
  missing: cheaper(a.missing, b.missing),
  against: joined(a.against, b.against),
})

const not = ({ value, missing, against }: Evaluated): Evaluated => ({
  value: (2 - value) as Tristate,
  missing: against,
  against: missing,
})

type Ways = readonly Setting[] | undefined

const joined = (a: Ways, b: Ways): Ways => (a && b ? [...a, ...b] : undefined)

const cheaper = (a: Ways, b: Ways): Ways =>
  a === undefined || (b !== undefined && b.length < a.length) ? b : a

const tristate = (text: string): Tristate => (text === 'y' ? 2 : text === 'm' ? 1 : 0)
