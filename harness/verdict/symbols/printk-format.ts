import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Finding, ModuleSource, SourceLocation } from '../finding.js'
import { stableTitle } from '../reader/title.js'

const MOST_FILES = 500
const MOST_CHARACTERS = 4 * 1024 * 1024
/** A format that is only conversions (`"%s\n"`) matches any text. */
const FEWEST_FIXED_CHARACTERS = 6

const LITERAL = /"((?:[^"\\\n]|\\.){1,1000})"/g
/** A printf conversion, with the suffix letters of `%pS` and the like. */
const CONVERSION =
  /%[-+ #0]*(?:\d+|\*)?(?:\.(?:\d+|\*))?(?:hh|h|ll|l|L|z|t|j)?(?:p[A-Za-z0-9]*|[A-Za-z])/

/**
 * Finds the printk format in a module's sources that printed a text.
 *
 * @param sources paths from the root
 * @param text what was printed, from its beginning
 * @returns undefined if none or several match
 */
async function findPrintk(
  root: string,
  sources: readonly string[],
  text: string,
): Promise<SourceLocation | undefined> {
  const found: { file: string; line: number; fixed: number }[] = []
  for (const file of sources.slice(0, MOST_FILES)) {
    const source = await readFile(join(root, file), 'utf8').catch(() => '')
    for (const [index, line] of source.slice(0, MOST_CHARACTERS).split('\n').entries())
      for (const [, literal = ''] of line.matchAll(LITERAL)) {
        const fixed = fixedCharacters(literal, text)
        if (fixed >= FEWEST_FIXED_CHARACTERS) found.push({ file, line: index + 1, fixed })
      }
  }
  found.sort((a, b) => b.fixed - a.fixed)
  const [best, next] = found
  if (best === undefined || best.fixed === next?.fixed) return undefined
  return { file: best.file, line: best.line }
}

/** What has no stack may be a module's own printk, in the kernel's words. */
export async function withPrintk(
  finding: Finding,
  modules: Iterable<ModuleSource>,
): Promise<Finding> {
  const { frames, related, location, isBare, isBesideLog, text, follows } = finding
  const hasPlace = frames.length > 0 || related.length > 0 || location !== undefined
  // A headline alone may name a function, and even a line: as words do.
  if ((hasPlace && !isBare) || isBesideLog) return finding
  const [said = ''] = text.split('\n', 1)
  for (const { root, sources } of modules) {
    const location = root === undefined ? undefined : await findPrintk(root, sources, said)
    if (location !== undefined)
      return { ...finding, isPrintk: true, title: stableTitle(said), location }
  }
  if (!isBare || follows !== undefined || location !== undefined) return finding
  return {
    ...finding,
    locationReason: 'printed without a trace: it may be a message of a driver',
  }
}

/** Number of a format's fixed characters in the text; 0 if it does not match. */
function fixedCharacters(literal: string, text: string): number {
  const format = literal.replace(/\\n$/, '').replaceAll('\\"', '"').replaceAll('%%', '%')
  let [at, fixed] = [0, 0]
  for (const [index, part] of format.split(CONVERSION).entries()) {
    const found = index === 0 ? (text.startsWith(part) ? 0 : -1) : text.indexOf(part, at)
    if (found === -1) return 0
    at = found + part.length
    fixed += part.length
  }
  return fixed
}
