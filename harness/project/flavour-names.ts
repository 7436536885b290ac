import { join } from 'node:path'
import { lineOf, pathText } from '../platform/files/checked-json.js'
import { isObject, readHint } from '../platform/files/lenient-json.js'
import { packageRoot } from '../platform/files/package-root.js'
import { didYouMean } from '../platform/names/did-you-mean.js'
import { listOf } from './named-files.js'

/**
 * Flavours that a configuration names and that are none, as a `base` or in `xfail`; and a `base` of
 * those that may have none. One line each.
 * @param text of its file
 */
export async function wrongFlavours(config: unknown, text: string): Promise<string[]> {
  const { flavours, xfail } = isObject(config) ? config : {}
  const shipped = Object.keys(await readHint(join(packageRoot, 'images/flavours.json')))
  const mistakes: string[] = []
  const known = [...shipped]
  const require = (path: readonly PropertyKey[], name: string): void => {
    if (known.includes(name)) return
    const mistake = `${lineOf(path, text)}${pathText(path)} should be a flavour that is there: ${known.join(', ')}.`
    mistakes.push(`${mistake} ${didYouMean(name, known)}`.trim())
  }
  for (const [name, flavour] of Object.entries(isObject(flavours) ? flavours : {})) {
    const base = isObject(flavour) ? flavour['base'] : undefined
    if (typeof base === 'string' && shipped.includes(name))
      mistakes.push(`flavours.${name}.base should be left out: ${name} is modprove's`)
    else if (typeof base === 'string') require(['flavours', name, 'base'], base)
    known.push(name)
  }
  for (const [at, entry] of listOf(xfail).entries()) {
    const flavour = isObject(entry) ? entry['flavour'] : undefined
    if (typeof flavour === 'string') require(['xfail', at, 'flavour'], flavour)
  }
  return mistakes
}
