import { existsSync } from 'node:fs'
import { join } from 'node:path'

export interface Places {
  /** The folder that was compiled in. */
  readonly build: string
  /** What the user calls it: `module`. */
  readonly name: string
  /** The kernel's module tree. */
  readonly tree: string
}

/** Where gcc begins a line with a file of its own, or with what that is included from. */
const RELATIVE =
  /^((?:In file included from |\s+from )?)([\w+-][\w.+/-]*)(?=:(?:\d| In function | At top level))/gm

/** Make's output, in which the module's files are called as the user knows them, and the kernel's as in its source. */
export const calledAsKnown = (output: string, { build, name, tree }: Places): string =>
  output
    .replaceAll(`${build}/`, `${name}/`)
    // From 6.13 on make works in the module's folder, and gcc has its files by names relative to it.
    .replace(RELATIVE, (all, before: string, path: string) =>
      !path.startsWith(`${name}/`) && existsSync(join(build, path))
        ? `${before}${name}/${path}`
        : all,
    )
    .replaceAll(`${tree}/`, '')
    .replaceAll(/(?<![\w.])(?:\.\/)+(?=(?:include|arch)\/)/g, '')

/**
 * Options by which DWARF and `__FILE__` have the module's files as the user knows them.
 *
 * @param files relative to the module's folder
 */
export function namingOptions(build: string, name: string, files: readonly string[]): string[] {
  // From 6.13 on `__FILE__` is relative to the module's folder.
  const relative = new Set(files.map(file => file.replace(/\/.*/, '/')))
  const named = [...relative].filter(path => /^[\w.+-]+(\/|\.[chS])$/.test(path))
  return [
    `-fdebug-prefix-map=${build}=${name}`,
    `-fmacro-prefix-map=${build}=${name}`,
    ...named.map(path => `-fmacro-prefix-map=${path}=${name}/${path}`),
  ]
}
