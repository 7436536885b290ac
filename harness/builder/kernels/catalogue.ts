import { join } from 'node:path'
import { z } from 'zod'
import type { Data } from '../../contract/data.js'
import { readJson, someText, textLike } from '../../platform/files/checked-json.js'
import { didYouMean } from '../../platform/names/did-you-mean.js'
import { usageError } from '../../platform/errors.js'
import { imagesFolder } from '../images.js'
import { compareVersions, seriesOf } from '../../platform/text/version.js'

const name = textLike(/^\d+\.\d+$/, 'a series such as "6.1"')
const suites = z.array(textLike(/^[a-z][a-z0-9-]*$/, "a suite of Debian's archive"))
const series = z.strictObject({
  package: textLike(/^[a-z0-9][a-z0-9.+-]+$/, 'a package name').describe(
    'source package: `linux-source-6.1`',
  ),
  suites: suites
    .min(1, { error: 'a list of at least one suite' })
    .describe('suites of the archive that hold its newest release'),
  olderSuites: suites.describe(
    'suites asked besides when an older point release is wanted; their indexes may be large',
  ),
  archive: textLike(/^https?:\/\/[\w.:-]+$/, 'the address of a host')
    .exactOptional()
    .describe('where its suites go when the mirrors drop them: a host like `MODPROVE_MIRROR`'),
  notes: someText(),
})
const packageName = textLike(/^[a-z0-9][a-z0-9.+-]+$/, 'a package name')
const address = textLike(/^https?:\/\/[\w.:/-]*[\w-]$/, 'an address without a slash at its end')
const ownArchive = z.strictObject({
  address: address.describe(
    'the address of `dists` and `pool`: `http://archive.ubuntu.com/ubuntu`',
  ),
  old: address.exactOptional().describe('where its suites go when it drops them'),
  keys: z
    .strictObject({
      suite: someText().describe("a suite of Debian's archive: `trixie`"),
      package: packageName.describe('its package with the keys that sign it'),
      file: textLike(/^\/./, 'an absolute path').describe('their file in that'),
    })
    .describe("where they are from: who trusts Debian's archive needs nothing else"),
})
export const distribution = z.strictObject({
  suites: suites
    .min(1, { error: 'a list of at least one suite' })
    .describe('suites of the archive that hold its kernels'),
  base: someText().describe('the suite that holds its compiler and libraries'),
  archive: series.shape.archive,
  from: someText().exactOptional().describe("its archive, a name of `archives`; default: Debian's"),
  images: z
    .record(textLike(/^[a-z0-9-]+$/, 'a short name'), packageName)
    .describe(
      'meta packages of its images, by the names that users give; the first is the usual one',
    ),
  notes: someText(),
})
/** The whole of `images/kernels.json`. */
export const kernelsFile = z.strictObject({
  series: z.record(name, series),
  distributions: z.record(z.string(), distribution),
  archives: z.record(textLike(/^[a-z][a-z0-9]*$/, 'a short name'), ownArchive),
})

/** An archive of Debian's kind, with other keys and suites. */
export type OwnArchive = Data<z.infer<typeof ownArchive>>

/** A series of kernels in Debian's archive, from `images/kernels.json`. */
export type Series = Data<z.infer<typeof series> & { name: string }>

/** All known series, oldest first. */
export type Catalogue = readonly Series[]

export interface KernelSelection {
  readonly series: Series
  /** A point release, `6.12.107`; the series' newest if absent. */
  readonly release?: string
}

/** @throws ModproveError `CONFIGURATION` with the file and each fault */
export async function loadCatalogue(file = join(imagesFolder, 'kernels.json')): Promise<Catalogue> {
  const { series } = await readJson(file, kernelsFile)
  return Object.entries(series)
    .map(([name, entry]) => ({ name, ...entry }))
    .sort((a, b) => compareVersions(a.name, b.name))
}

/**
 * Resolves `6.1` (newest point release, found at run time), `6.12.107` or `7.3-rc7`.
 * @throws ModproveError `UNKNOWN_KERNEL` (exit 2), listing the known series
 */
export function selectKernel(catalogue: Catalogue, selection: string): KernelSelection {
  const known = catalogue.map(series => series.name)
  if (!/^\d+\.\d+(\.\d+)?([-~]rc\d+)?$/.test(selection)) {
    throw unknown(
      `"${selection}" is neither a series nor a point release`,
      known,
      didYouMean(selection, ['all', 'newest']),
    )
  }
  const series = catalogue.find(({ name }) => name === seriesOf(selection))
  if (!series) throw unknown(`Kernel ${selection} is not of a known series`, known)
  if (selection === series.name) return { series }
  return { series, release: selection.replace('~rc', '-rc') }
}

const unknown = (problem: string, known: readonly string[], meant = '') =>
  usageError('UNKNOWN_KERNEL', `${problem}. Known series: ${known.join(', ')}`, {
    remedy: `${meant}Name a series (${known[0]}) or one of its point releases; images/kernels.json lists the series`,
  })
