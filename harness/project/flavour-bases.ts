import { join } from 'node:path'
import { isObject, readHint } from '../platform/files/lenient-json.js'
import { packageRoot } from '../platform/files/package-root.js'
import { didYouMean } from '../platform/names/did-you-mean.js'

/** Flavours in a configuration whose `base` is none, or that may have none; one line each. */
export async function wrongBases(config: unknown): Promise<string[]> {
  const flavours = isObject(config) && isObject(config['flavours']) ? config['flavours'] : {}
  const shipped = Object.keys(await readHint(join(packageRoot, 'images/flavours.json')))
  const mistakes: string[] = []
  const known = [...shipped]
  for (const [name, flavour] of Object.entries(flavours)) {
    const base = isObject(flavour) ? flavour['base'] : undefined
    const field = `flavours.${name}.base`
    if (typeof base === 'string' && shipped.includes(name))
      mistakes.push(`${field} should be left out: ${name} is modprove's`)
    else if (typeof base === 'string' && !known.includes(base))
      mistakes.push(
        `${field} should be a flavour that is there: ${known.join(', ')}. ${didYouMean(base, known)}`.trim(),
      )
    known.push(name)
  }
  return mistakes
}
