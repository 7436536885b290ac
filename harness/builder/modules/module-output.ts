import { existsSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { escapeRegExp } from '../../platform/text/text.js'

/** Where a Kbuild folder is compiled. */
export interface BuildFolder {
  /** The folder below which all was compiled; the user knows names by their path from it. */
  readonly build: string
  /** The folder's path from there: `module`, or `.`. */
  readonly name: string
  /** The kernel's module tree. */
  readonly tree: string
}

/** Where gcc starts a line with a file of the module, or with where it came from. */
const RELATIVE =
  /^((?:In file included from |\s+from |\s+inlined from .* at )?)([\w+.-][\w.+/-]*)(?=:(?:\d| In function | At top level))/gm

/** Returns make's output with the modules' files named as the user knows them. */
export const calledAsKnown = (output: string, { build, name, tree }: BuildFolder): string =>
  output
    .replaceAll(new RegExp(`${escapeRegExp(build)}/([\\w.+~/-]+)`, 'g'), (_, path: string) =>
      normalize(path),
    )
    // From 6.13 on make runs in the module's folder, and gcc prints relative names.
    .replace(RELATIVE, (all, before: string, path: string) => {
      const known = join(name, path)
      return !existsSync(join(build, path)) && existsSync(join(build, known)) ? before + known : all
    })
    .replaceAll(`${tree}/`, '')
    .replaceAll(/(?<![\w.])(?:\.\/)+(?=(?:include|arch)\/)/g, '')

/**
 * Options that make DWARF and `__FILE__` name a folder's files as the user knows them.
 * @param files names of what is in the folder
 */
export function namingOptions(
  { build, name, tree }: BuildFolder,
  files: readonly string[],
): string[] {
  const named = files.filter(file => /^[\w.+-]+(\/|\.[chS])$/.test(file))
  const above = dirname(name) === '.' ? '' : `${dirname(name)}/`
  return [
    // Where the compiler runs: addr2line would put it before the names of the module's files.
    ...[build, tree].map(folder => `-fdebug-prefix-map=${folder}=.`),
    `-fdebug-prefix-map=${build}/=`,
    `-fmacro-prefix-map=${build}/=`,
    // From 6.13 on `__FILE__` is relative to the module's folder; $(src) in it is `.`.
    ...named.map(file => `-fmacro-prefix-map=${file}=${join(name, file)}`),
    ...['../', '././../'].map(up => `-fmacro-prefix-map=${up}=${above}`),
  ]
}
