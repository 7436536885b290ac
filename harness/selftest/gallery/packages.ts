import { join } from 'node:path'
import { z } from 'zod'
import { didYouMean } from '../../platform/names/did-you-mean.js'
import { readJson, someText, textLike } from '../../platform/files/checked-json.js'
import { usageError } from '../../platform/errors.js'

/** `packages.json` of a gallery. */
const schema = z.strictObject({
  suite: someText().describe("a suite of Debian's archive: `trixie`"),
  packages: z
    .record(
      textLike(/^[\w.-]+$/, 'the name of a folder of the gallery'),
      textLike(
        /^[a-z0-9][a-z0-9.+-]+=[\w.+~:-]+$/,
        'a package with its version: "vpoll-dkms=0.1.1-1"',
      ),
    )
    .describe('what is fetched for each folder of the gallery'),
})

/** A module of others, and where it comes from. */
export interface GalleryModule {
  /** Also the folder in the gallery. */
  readonly name: string
  readonly suite: string
  /** Package and version: `vpoll-dkms=0.1.1-1`. */
  readonly package: string
}

/**
 * The modules of a gallery, by name.
 *
 * @param names of those that are wanted; empty for all
 * @throws ModproveError `CONFIGURATION`, `UNKNOWN_MODULE`
 */
export async function galleryModules(
  gallery: string,
  names: readonly string[],
): Promise<GalleryModule[]> {
  const { suite, packages } = await readJson(join(gallery, 'packages.json'), schema)
  const known = Object.keys(packages).sort()
  const unknown = names.filter(name => !known.includes(name))
  if (unknown.length > 0)
    throw usageError('UNKNOWN_MODULE', `The gallery has no ${unknown.join(', ')}`, {
      remedy: `${unknown.map(name => didYouMean(name, known)).join('')}It has ${known.join(', ')}`,
    })
  return known
    .filter(name => names.length === 0 || names.includes(name))
    .map(name => ({ name, suite, package: packages[name] ?? '' }))
}
