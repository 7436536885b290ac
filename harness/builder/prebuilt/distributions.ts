import { join } from 'node:path'
import { z } from 'zod'
import type { Data } from '../../contract/data.js'
import { didYouMean } from '../../platform/names/did-you-mean.js'
import { usageError } from '../../platform/errors.js'
import { readJson, wrongFile } from '../../platform/files/checked-json.js'
import { imagesFolder } from '../images.js'
import { kernelsFile, type distribution, type OwnArchive } from '../kernels/catalogue.js'

/** A distribution whose kernels are taken as they ship, from `images/kernels.json`. */
export interface Distribution extends Omit<Data<z.infer<typeof distribution>>, 'from'> {
  readonly name: string
  /** Its archive, where that is not Debian's. */
  readonly own?: OwnArchive & { readonly name: string }
}

/** A kernel of a distribution as users name it: `distro:bookworm/cloud=6.1.192`. */
export interface DistributionWord {
  readonly distribution: Distribution
  /** The meta package of its image: `linux-image-cloud-amd64`. */
  readonly image: string
  /** `bookworm/cloud`; the distribution's name alone for its first kernel. */
  readonly name: string
  /** Of the package, or of the kernel; its newest if absent. */
  readonly version?: string
}

/** The known distributions. @throws ModproveError `CONFIGURATION` with the file and each fault */
export async function loadDistributions(
  file = join(imagesFolder, 'kernels.json'),
): Promise<readonly Distribution[]> {
  const { distributions, archives } = await readJson(file, kernelsFile)
  return Object.entries(distributions).map(([name, { from, ...entry }]) => {
    if (from === undefined) return { name, ...entry }
    const own = archives[from]
    if (own !== undefined) return { name, ...entry, own: { name: from, ...own } }
    const known = Object.keys(archives)
    const words = `distributions.${name}.from should be one of "archives": ${known.join(', ')}, got "${from}"`
    throw wrongFile(file, [`${words} ${didYouMean(from, known)}`.trim()])
  })
}

const WORD = /^([a-z][a-z0-9-]*)(?:\/([a-z0-9-]+))?(?:=(\S+))?$/

/**
 * @param rest of the word, without `distro:`
 * @throws ModproveError `UNKNOWN_KERNEL` (exit 2), listing what there is; `CONFIGURATION`
 */
export async function readDistributionWord(rest: string): Promise<DistributionWord> {
  const distributions = await loadDistributions()
  const known = distributions.map(({ name }) => name)
  const [, name = '', kind, version] = WORD.exec(rest) ?? []
  const found = distributions.find(each => each.name === name)
  if (found === undefined)
    throw usageError('UNKNOWN_KERNEL', `"distro:${rest}" names no distribution that is known`, {
      remedy: `${didYouMean(name || rest, known)}Known: ${known.map(each => `distro:${each}`).join(', ')}`,
    })
  const kinds = Object.keys(found.images)
  const [first = ''] = kinds
  const image = found.images[kind ?? first]
  if (image === undefined)
    throw usageError('UNKNOWN_KERNEL', `${name} has no kernel "${kind}"`, {
      remedy: `${didYouMean(kind ?? '', kinds)}It has ${kinds.map(each => `distro:${name}/${each}`).join(', ')}`,
    })
  return {
    distribution: found,
    image,
    name: kind === undefined || kind === first ? name : `${name}/${kind}`,
    ...(version === undefined ? {} : { version }),
  }
}
