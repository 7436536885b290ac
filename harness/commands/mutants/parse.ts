import { basename } from 'node:path'
import { badMutant, parseHeader } from './header.js'
import type { Mutant, PatchedPlace } from './mutant.js'

/** File name extension of a mutant. */
export const ENDING = '.patch'

const NAME = /^\d{2,}-[a-z0-9-]+$/

/**
 * Parses a patch: the header, an empty line, and a diff from `git diff`.
 * @param file absolute path
 * @throws ModproveError `BAD_MUTANT` with the file and the fault
 */
export function parseMutant(file: string, text: string): Omit<Mutant, 'module'> {
  const name = basename(file, ENDING)
  if (!NAME.test(name)) throw badMutant(file, 'expected a name like 07-freed-twice.patch')
  const lines = text.split('\n')
  const empty = lines.findIndex(line => line.trim() === '')
  const header = parseHeader(file, empty === -1 ? lines : lines.slice(0, empty))
  const diff = empty === -1 ? [] : lines.slice(empty + 1)
  const places = placesOf(file, diff)
  if (places.length === 0) throw badMutant(file, 'no diff after the header and an empty line')
  for (const key of ['Suites', 'Precedent']) header.require(key)
  return {
    name,
    file,
    breaks: header.require('Breaks'),
    catcher: pattern(file, header.require('Catcher')),
    findings: header.words('Finding'),
    flavour: header.require('Flavour'),
    suites: header.words('Suites'),
    places,
  }
}

function pattern(file: string, source: string): RegExp {
  try {
    return new RegExp(source)
  } catch (error) {
    throw badMutant(file, `Catcher is not a regular expression: ${(error as Error).message}`)
  }
}

/** Parses the hunks of a unified diff. */
function placesOf(file: string, diff: readonly string[]): PatchedPlace[] {
  const places: PatchedPlace[] = []
  let patched: string | undefined
  for (const line of diff) {
    const [, target] = /^\+\+\+ b\/(\S+)/.exec(line) ?? []
    if (target !== undefined) patched = target
    const [, before, first, length = '1'] =
      /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,(\d+))? @@/.exec(line) ?? []
    if (before === undefined || first === undefined) continue
    if (patched === undefined) throw badMutant(file, `no "+++ b/FILE" before ${line}`)
    const start = Number(first)
    places.push({
      file: patched,
      hunk: places.length + 1,
      before: Number(before),
      first: start,
      last: start + Math.max(Number(length), 1) - 1,
    })
  }
  return places
}
