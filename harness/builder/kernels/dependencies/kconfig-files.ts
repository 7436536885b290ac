import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** One definition of a symbol; it may have several. */
export interface KconfigSymbol {
  /** `VIDEO_DEV` */
  readonly name: string
  /** `bool`, `tristate`, `int`, `hex`, `string`; empty where another definition says it. */
  type: string
  /** Conditions under which a configuration may set it; undefined if it has no prompt. */
  prompt: string[] | undefined
  /** Expressions that must all hold. */
  readonly depends: string[]
  /** For each default, what it is and its condition: `["VIDEO_DEV", "I2C"]` */
  readonly defaults: string[][]
  /** Symbols that it sets, and the condition of each. */
  readonly selects: { readonly name: string; readonly condition: string }[]
  /** It is one of a choice. */
  readonly isChoice: boolean
}

/** A menu, a choice or an `if` that is open. */
interface Block {
  readonly kind: 'menu' | 'choice' | 'if'
  readonly depends: string[]
  readonly visible: string[]
}

const TYPES = /^(bool|boolean|tristate|int|hex|string|def_bool|def_tristate)\b\s*(.*)$/
const DEFAULT = /^(?:default|def_bool|def_tristate)\s+(.+?)(?:\s+if\s+(.*))?$/
const PROMPT = /^("(?:[^"\\]|\\.)*"|'[^']*')(?:\s+if\s+(.*))?$/
const TAB = 8

/**
 * Reads all of a kernel's Kconfig files for x86
 * (Documentation/kbuild/kconfig-language.rst). @returns definitions by the symbol's name
 */
export async function readKconfig(tree: string): Promise<ReadonlyMap<string, KconfigSymbol[]>> {
  const reader = new Reader(tree)
  await reader.read('Kconfig')
  return reader.symbols
}

class Reader {
  readonly symbols = new Map<string, KconfigSymbol[]>()
  readonly #tree: string
  readonly #open: Block[] = []
  /** What attribute lines belong to. */
  #entry: KconfigSymbol | undefined
  #block: Block | undefined

  constructor(tree: string) {
    this.#tree = tree
  }

  async read(file: string): Promise<void> {
    const path = join(this.#tree, file.replaceAll(/\$\(?SRCARCH\)?/g, 'x86'))
    const text = await readFile(path, 'utf8').catch(() => '')
    let helpIndent = Infinity
    for (const raw of text.replaceAll(/\\\n/g, ' ').split('\n')) {
      if (raw.trim() === '') continue
      const indent = indentOf(raw)
      // scripts/kconfig/lexer.l: a help text goes on as deep as its first line.
      if (indent > 0 && indent >= helpIndent) {
        helpIndent ||= indent
        continue
      }
      const line = raw.replace(/(^|\s)#.*$/, '').trim()
      helpIndent = /^(---)?help(---)?$/.test(line) ? 0 : Infinity
      if (line === '') continue
      const source = /^[or]?source\s+"(.*)"$/.exec(line)?.[1]
      if (source !== undefined) await this.read(source)
      else this.#take(line)
    }
  }

  #take(line: string): void {
    const [, word = '', rest = ''] = /^(\S+)\s*(.*)$/.exec(line) ?? []
    switch (word) {
      case 'config':
      case 'menuconfig':
        this.#begin(rest)
        break
      case 'if':
        this.#enter('if', [rest])
        break
      case 'menu':
      case 'choice':
        this.#enter(word, [])
        break
      case 'endif':
      case 'endmenu':
      case 'endchoice':
        this.#open.pop()
        this.#block = this.#entry = undefined
        break
      case 'comment':
        this.#block = this.#entry = undefined
        break
      default:
        this.#attribute(line)
    }
  }

  #begin(name: string): void {
    this.#block = undefined
    this.#entry = {
      name,
      type: '',
      prompt: undefined,
      depends: this.#open.flatMap(block => block.depends),
      defaults: [],
      selects: [],
      isChoice: this.#open.at(-1)?.kind === 'choice',
    }
    this.symbols.set(name, [...(this.symbols.get(name) ?? []), this.#entry])
  }

  #enter(kind: Block['kind'], depends: string[]): void {
    this.#entry = undefined
    this.#block = { kind, depends, visible: [] }
    this.#open.push(this.#block)
  }

  #attribute(line: string): void {
    const depends = /^depends on\s+(.*)$/.exec(line)?.[1]
    if (depends !== undefined) (this.#entry ?? this.#block)?.depends.push(depends)
    const visible = /^visible if\s+(.*)$/.exec(line)?.[1]
    if (visible !== undefined) this.#block?.visible.push(visible)
    const entry = this.#entry
    if (entry === undefined) return
    const [, selected = '', condition = ''] = /^select\s+(\w+)(?:\s+if\s+(.*))?$/.exec(line) ?? []
    if (selected !== '') entry.selects.push({ name: selected, condition })
    const [, ...preset] = DEFAULT.exec(line) ?? []
    if (preset.length > 0) entry.defaults.push(preset.filter(part => part !== undefined))
    const [, type = '', after = ''] = TYPES.exec(line) ?? []
    if (type !== '') entry.type = type.replace('def_', '').replace('boolean', 'bool')
    const prompt = type.startsWith('def_') ? '' : after || (/^prompt\s+(.*)$/.exec(line)?.[1] ?? '')
    const [, text, onlyIf] = PROMPT.exec(prompt) ?? []
    if (text === undefined) return
    const menus = this.#open.flatMap(block => block.visible)
    entry.prompt = [...menus, ...(onlyIf === undefined ? [] : [onlyIf])]
  }
}

/** Columns before the text. */
function indentOf(line: string): number {
  let column = 0
  for (const letter of line) {
    if (letter === '\t') column += TAB - (column % TAB)
    else if (letter === ' ') column += 1
    else break
  }
  return column
}
