/** Comments, strings, names and numbers, what opens, parts and closes, and ends of lines. */
const TOKEN =
  /\/\/.*|\/\*[^]*?\*\/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\[^]|[^`\\])*`|[\w$.]+|[{}[\](),:]|\n/g

interface Open {
  readonly bracket: string
  /** Of what is inside, but for its own step. */
  readonly path: string
  /** A member's key, once its colon came; the index in a list. */
  step: string | number | undefined
}

/**
 * The lines, from 1, on which members of objects and lists are written, in JSON or in a script that
 * has them as literals: `xfail.0.reason`. A member that is written twice has none.
 */
export function memberLines(text: string): ReadonlyMap<string, number> {
  const lines = new Map<string, number | undefined>()
  const open: Open[] = []
  let [line, word] = [1, '']
  const here = (): string => {
    const { path, step } = open.at(-1) ?? { path: '', step: undefined }
    return step === undefined ? path : `${path}${path === '' ? '' : '.'}${step}`
  }
  const note = (): void => void lines.set(here(), lines.has(here()) ? undefined : line)
  /** Something begins: in a list, an element. */
  const begin = (): void => {
    if (open.at(-1)?.bracket === '[' && word === '') note()
  }
  for (const [token] of text.matchAll(TOKEN)) {
    const inner = open.at(-1)
    if (/^\/[/*]|^\n$/.test(token)) line += token.split('\n').length - 1
    else if ('{[('.includes(token)) {
      begin()
      open.push({ bracket: token, path: here(), step: token === '[' ? 0 : undefined })
      word = ''
    } else if ('}])'.includes(token)) {
      open.pop()
      word = token
    } else if (token === ':' && inner?.bracket === '{' && inner.step === undefined) {
      inner.step = word.replace(/^["'`]|["'`]$/g, '')
      note()
    } else if (token === ',' && inner !== undefined) {
      inner.step = typeof inner.step === 'number' ? inner.step + 1 : undefined
      word = ''
    } else if (token !== ':') {
      begin()
      word = token
      line += token.split('\n').length - 1
    }
  }
  return new Map([...lines].flatMap(([path, at]) => (at === undefined ? [] : [[path, at]])))
}
