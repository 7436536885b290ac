import { existsSync } from 'node:fs'
import { join } from 'node:path'

export interface OutputPlaces {
  /** The folder it was compiled in. */
  readonly build: string
  /** Its name for the user: `module`. */
  readonly name: string
  /** The kernel's module tree. */
  readonly tree: string
}

/** Where gcc starts a line with a file of the module, or with where it was included from. */
const RELATIVE =
  /^((?:In file included from |\s+from )?)([\w+-][\w.+/-]*)(?=:(?:\d| In function | At top level))/gm

/** Returns make's output with the module's files named as the user knows them. */
export const calledAsKnown = (output: string, { build, name, tree }: OutputPlaces): string =>
  output
    .replaceAll(`${build}/`, `${name}/`)
    // From 6.13 on make runs in the module's folder, and gcc prints relative names.
    .replace(RELATIVE, (all, before: string, path: string) =>
      !path.startsWith(`${name}/`) && existsSync(join(build, path))
        ? `${before}${name}/${path}`
        : all,
    )
    .replaceAll(`${tree}/`, '')
    .replaceAll(/(?<![\w.])(?:\.\/)+(?=(?:include|arch)\/)/g, '')

/**
 * Options that make DWARF and `__FILE__` name the module's files as the user knows them.
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
