import { readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { variableName, type ModuleConfig } from './module-fields.js'
import { hasKbuildFile } from './kbuild-file.js'

/** The name of dkms(8)'s description of a package, which a shell reads. */
export const DKMS = 'dkms.conf'

const ASSIGNMENT = /(?:^|;)[ \t]*([A-Z_]+)(?:\[\d+\])?=("(?:[^"\\]|\\.)*"|'[^']*'|[^\s;#]*)/gm
const VARIABLE = /(?<=\s)(\w+)=("[^"]*"|'[^']*'|[^\s"']+)/g

const unquoted = (word: string): string =>
  word.startsWith('"') ? word.slice(1, -1).replaceAll(/\\(.)/g, '$1') : word.replaceAll("'", '')

/**
 * Reads from a folder's `dkms.conf` which modules dkms(8) builds there, and how, as far as that is
 * common: folders, variables of make, and `PRE_BUILD`.
 *
 * @returns undefined if there is none
 */
export async function readDkms(
  folder: string,
): Promise<{ modules: ModuleConfig[]; include: string[] } | undefined> {
  const text = await readFile(join(folder, DKMS), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const values: Record<string, string[]> = {}
  for (const [, name = '', word = ''] of text.replaceAll(/\\\n/g, ' ').matchAll(ASSIGNMENT))
    (values[name] ??= []).push(unquoted(word))
  const expand = (value = ''): string =>
    value.replaceAll(
      /\$\{?(PACKAGE_(?:NAME|VERSION))\}?/g,
      (_, name: string) => values[name]?.[0] ?? '',
    )
  const folders = await kbuildFolders(folder, values['BUILT_MODULE_LOCATION']?.map(expand) ?? [])
  const make = variablesOf(expand(values['MAKE']?.[0]))
  const script = expand(values['PRE_BUILD']?.[0])
  const modules = folders.map((name, index) => {
    const up = name === '.' ? '' : `cd ${relative(name, '.')} && `
    return {
      folder: name,
      make,
      ...(script === '' || index > 0 ? {} : { prepare: `${up}./${script}` }),
    }
  })
  // dkms copies the whole package.
  return { modules, include: folders.includes('.') ? [] : ['.'] }
}

/** The folder itself, or those in which dkms finds modules, as far as Kbuild builds them there. */
async function kbuildFolders(folder: string, locations: readonly string[]): Promise<string[]> {
  if (await hasKbuildFile(folder)) return ['.']
  const found: string[] = []
  for (const name of new Set(locations.map(location => relative('.', location) || '.')))
    if (await hasKbuildFile(join(folder, name))) found.push(name)
  return found.length === 0 ? ['.'] : found
}

/** Those with dkms's variables say where the kernel is, which is the harness's; `V` is for make. */
const variablesOf = (command: string): Record<string, string> =>
  Object.fromEntries(
    [...command.matchAll(VARIABLE)].flatMap(([, name = '', word = '']) =>
      word.includes('$') || name === 'V' || !variableName.safeParse(name).success
        ? []
        : [[name, unquoted(word)]],
    ),
  )
