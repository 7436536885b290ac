import { elfSections } from './elf-sections.js'
import { readModinfo } from './modinfo.js'

/** include/linux/moduleparam.h, __module_param_call(); a compiler may add `.1` */
const OF_A_SYMBOL = /^__param_str_(\w+)/

/**
 * Names of a module's parameters: `.modinfo` has the types of most, and symbols name all, also
 * those of module_param_cb().
 */
export function parameterNames(ko: Buffer): string[] {
  const typed = (readModinfo(ko).get('parmtype') ?? []).map(text => text.replace(/:.*/s, ''))
  const { offset = 0, size = 0 } = elfSections(ko).get('.strtab') ?? {}
  const symbols = ko.toString('latin1', offset, offset + size).split('\0')
  const named = symbols.flatMap(symbol => OF_A_SYMBOL.exec(symbol)?.[1] ?? [])
  return [...new Set([...typed, ...named])]
}
