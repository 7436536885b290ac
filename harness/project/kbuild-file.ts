import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { kernelName } from '../contract/kernel-name.js'

const NAMES = ['Kbuild', 'Makefile']
const OBJECTS = /^[^#\n]*\bobj-(?:m|\$\([^)]*\))\s*[:+?]?=(.*)/gm
const MODULE = /(?<=^|\s)([\w.+-]+)\.o(?=\s|$)/g

/**
 * The modules that a folder's makefile names in `obj-m` or `obj-$(CONFIG_…)`. `my-ring.o` is
 * `my_ring`, as in the kernel.
 *
 * @returns undefined if Kbuild builds no module from it; empty if only make can tell their names
 */
export async function kbuildModules(folder: string): Promise<string[] | undefined> {
  const texts = await Promise.all(
    NAMES.map(name => readFile(join(folder, name), 'utf8').catch(() => '')),
  )
  const lists = [...texts.join('\n').replaceAll('\\\n', ' ').matchAll(OBJECTS)]
  if (lists.length === 0) return undefined
  const names = lists.flatMap(([, list = '']) => [...list.matchAll(MODULE)].map(([, name]) => name))
  return [...new Set(names.map(name => kernelName(name ?? '')))]
}

/** Whether Kbuild builds a module from a folder. */
export const hasKbuildFile = async (folder: string): Promise<boolean> =>
  (await kbuildModules(folder)) !== undefined
