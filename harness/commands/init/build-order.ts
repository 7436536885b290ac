import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

const EXPORTED = /\bEXPORT_SYMBOL\w*\s*\(\s*(\w+)/g

/** Orders folders of modules after those whose exported symbols they use. */
export async function inBuildOrder<T extends { readonly folder: string }>(
  root: string,
  folders: readonly T[],
): Promise<T[]> {
  const code = new Map<T, string>()
  for (const each of folders) code.set(each, await codeIn(join(root, each.folder)))
  const uses = (one: T, other: T): boolean =>
    [...(code.get(other) ?? '').matchAll(EXPORTED)].some(([, symbol]) =>
      new RegExp(`\\b${symbol}\\b`).test(code.get(one) ?? ''),
    )
  const ordered = new Set<T>()
  const visited = new Set<T>()
  const visit = (one: T): void => {
    if (visited.has(one)) return
    visited.add(one)
    for (const other of folders) if (other !== one && uses(one, other)) visit(other)
    ordered.add(one)
  }
  folders.forEach(visit)
  return [...ordered]
}

async function codeIn(folder: string): Promise<string> {
  const files = (await readdir(folder, { recursive: true })).filter(file => /\.[cS]$/.test(file))
  const texts = await Promise.all(files.map(file => readFile(join(folder, file), 'utf8')))
  return texts.join('\n')
}
