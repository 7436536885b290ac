import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { kernelName } from '../contract/kernel-name.js'
import { escapeRegExp } from '../platform/text/text.js'

/** In the order in which scripts/Makefile.build of the kernel looks for them. */
export const MAKEFILES = ['Kbuild', 'Makefile']
const OBJECTS = /^[^#\n]*\bobj-(?:m|\$\([^)]*\))\s*[:+?]?=([^#\n]*)/gm
/** Not what Kbuild, or a suite of modprove, made or is. */
const C_SOURCE = /^[\w+-]+\.c$/
const OBJECT = /(?<=^|\s)([\w.+/-]+)\.o(?=\s|$)/g

/** The makefile that Kbuild reads of a folder, with continued lines joined; empty if none. */
export const makefileOf = async (folder: string): Promise<string> =>
  (await namedMakefileOf(folder)).text

async function namedMakefileOf(folder: string): Promise<{ name: string; text: string }> {
  for (const name of MAKEFILES) {
    const text = await readFile(join(folder, name), 'utf8').catch(() => undefined)
    if (text !== undefined) return { name, text: text.replaceAll('\\\n', ' ') }
  }
  return { name: '', text: '' }
}

/** Of what only make can decide; `KERNELRELEASE` is set whenever Kbuild reads a makefile. */
const CONDITION = /^\s*(?:ifn?eq|ifn?def)\b(?!.*\bKERNELRELEASE\b)/m
const ALWAYS = /^[^#\n]*\bobj-m\s*[:+?]?=([^#\n]*)/gm

/** The modules that a folder's makefile builds for any kernel, as far as that is certain. */
export async function certainModules(
  folder: string,
): Promise<{ readonly makefile: string; readonly modules: readonly string[] }> {
  const { name, text } = await namedMakefileOf(folder)
  const objects = CONDITION.test(text) ? [] : objectsIn(text.matchAll(ALWAYS))
  return { makefile: name, modules: objects.map(path => kernelName(basename(path))) }
}

/**
 * The modules that a folder's makefile names in `obj-m` or `obj-$(CONFIG_…)`. `my-ring.o` is
 * `my_ring`, as in the kernel.
 *
 * @returns undefined if Kbuild builds no module from it; empty if only make can tell their names
 */
export async function kbuildModules(folder: string): Promise<string[] | undefined> {
  const makefile = await makefileOf(folder)
  if (makefile.search(OBJECTS) < 0) return undefined
  return [...new Set(objectNames(makefile).map(path => kernelName(basename(path))))]
}

const objectsIn = (lists: Iterable<RegExpExecArray>): string[] =>
  [...lists].flatMap(([, list = '']) => [...list.matchAll(OBJECT)].map(([, path = '']) => path))

/** The modules of a makefile as it names them, without `.o`. */
export const objectNames = (makefile: string): string[] => objectsIn(makefile.matchAll(OBJECTS))

/** The C files that a module is made of, as far as its makefile lists them literally. */
export function sourceNames(makefile: string, object: string): string[] {
  const name = escapeRegExp(object)
  const parts = new RegExp(`^[ ]*${name}-(?:y|objs|\\$\\([^)]*\\))\\s*[:+?]?=([^#\\n]*)`, 'gm')
  const objects = objectsIn(makefile.matchAll(parts))
  return (objects.length === 0 ? [object] : objects).map(path => `${path}.c`)
}

/** What to do in a folder without a Kbuild file that has `obj-m`. */
export async function kbuildAdvice(folder: string): Promise<string> {
  const names = await readdir(folder).catch(() => [])
  const areModules = await Promise.all(names.map(name => hasKbuildFile(join(folder, name))))
  const below = names.filter((_, at) => areModules[at])
  if (below.length > 0)
    return `modprove init makes it a project of the modules below it: ${below.sort().join(', ')}`
  const objects = names.filter(name => C_SOURCE.test(name)).map(name => name.replace(/c$/, 'o'))
  if (objects.length === 0) return "Start it in the folder of a kernel module's C files"
  const file = join(folder, 'Kbuild')
  return `Write ${file} with the line: obj-m += ${objects.sort().join(' ')}\nThen: modprove init, or modprove run without a configuration`
}

/** Whether Kbuild builds a module from a folder. */
export const hasKbuildFile = async (folder: string): Promise<boolean> =>
  (await kbuildModules(folder)) !== undefined
