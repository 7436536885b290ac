import { resolve } from 'node:path'
import { ModproveError, usageError } from '../../platform/errors.js'
import { resolveSource } from '../archive/archive.js'
import { compiledBy, splitCompiler } from './compiled-by.js'
import { selectKernel, type Catalogue, type KernelSelection } from './catalogue.js'
import { debianSource } from '../archive/debian-source.js'
import { kernelOrgSource } from '../archive/kernel-org.js'
import type { KernelSource } from './kernel-source.js'
import { pathSource } from './path-source.js'
import { builtKernel } from '../prebuilt/built-kernel.js'
import { distributionKernel } from '../prebuilt/distribution-kernel.js'
import { readDistributionWord } from '../prebuilt/distributions.js'
import { releasesBetween } from '../archive/releases.js'
import type { Work } from '../types.js'
import { compareVersions, seriesOf } from '../../platform/text/version.js'

/** A kernel that the user selected. */
export interface ChosenKernel {
  /** The name used in history: a series, a release, `path:/src/linux` or `kernel.org:6.12.94`. */
  readonly kernel: string
  readonly source: KernelSource
}

/** For kernels in folders of the user's. */
export interface SelectionWork extends Work {
  /** Absolute paths that no kernel is built from: the project's. */
  readonly leftOut?: readonly string[]
}

/**
 * Resolves a series (`6.1`, its newest release), a release (`6.12.107`, `7.3-rc7`), `all` series,
 * the `newest` one, a range of series or releases (`6.1..7.3`, `6.12.94..6.12.117`), `path:FOLDER`,
 * `kernel.org:RELEASE`, a distribution's as it ships (`distro:trixie/cloud`), and one that somebody
 * built: `built:FOLDER`. At the end of each, `+clang-16` names its compiler.
 * @returns each kernel once, under the first word that named it, oldest release first; an
 * unavailable one only beside others
 * @throws ModproveError `UNKNOWN_KERNEL`, `BAD_RANGE`, `RELEASE_NOT_FOUND`, `NO_COMPILER`,
 * `OTHER_COMPILER` (exit 2), and those of the sources
 */
export async function selectKernels(
  catalogue: Catalogue,
  words: readonly string[],
  work: SelectionWork,
): Promise<ChosenKernel[]> {
  const chosen = new Map<string, ChosenKernel>()
  for (const word of words) {
    const named = await compiled(catalogue, word, work).catch((error: unknown) => {
      // Usage errors are reported before anything is done.
      if (!(error instanceof ModproveError) || error.outcome === 'usage') throw error
      return [unavailable(word, error)]
    })
    for (const found of named) {
      if (!chosen.has(found.source.id)) chosen.set(found.source.id, found)
    }
  }
  const all = [...chosen.values()]
  const [first, ...others] = all.map(({ source }) => source.unavailable)
  if (first !== undefined && others.every(why => why !== undefined)) throw first
  return all.sort((a, b) => compareVersions(a.source.release, b.source.release))
}

/**
 * @throws ModproveError `UNKNOWN_KERNEL` for several kernels, and those of {@link selectKernels}
 */
export async function selectOneKernel(
  catalogue: Catalogue,
  word: string,
  work: SelectionWork,
): Promise<ChosenKernel> {
  const [only, ...others] = await selectKernels(catalogue, [word], work)
  if (only !== undefined && others.length === 0) return only
  throw usageError(
    'UNKNOWN_KERNEL',
    `"${word}" names ${others.length + 1} kernels, but one is needed`,
    {
      remedy: `Name one of them: ${[only, ...others].map(found => found?.kernel).join(', ')}`,
    },
  )
}

/** The kernels of a word, by the compiler that it names. */
async function compiled(
  catalogue: Catalogue,
  word: string,
  work: SelectionWork,
): Promise<ChosenKernel[]> {
  const { name, cc } = splitCompiler(word)
  const found = await chosenBy(catalogue, name, work)
  if (cc === undefined) return found
  return Promise.all(
    found.map(async ({ kernel, source }) => ({
      kernel: `${kernel}+${cc}`,
      source: await compiledBy(source, cc, kernel),
    })),
  )
}

async function chosenBy(
  catalogue: Catalogue,
  word: string,
  work: SelectionWork,
): Promise<ChosenKernel[]> {
  const [, scheme, rest = ''] = /^(path|kernel\.org|distro|built):(.*)$/.exec(word) ?? []
  if (scheme === 'path') {
    const folder = resolve(rest)
    return [
      {
        kernel: `path:${folder}`,
        source: await pathSource(folder, work.signal, work.leftOut),
      },
    ]
  }
  if (scheme === 'built') {
    const folder = resolve(rest)
    return [{ kernel: `built:${folder}`, source: await builtKernel(folder, work) }]
  }
  if (scheme === 'distro') {
    const wanted = await readDistributionWord(rest)
    return [{ kernel: word, source: await distributionKernel(word, wanted, work) }]
  }
  if (scheme !== undefined) return [{ kernel: word, source: await kernelOrgSource(rest, work) }]
  if (word === 'all') return newestOf(catalogue, work)
  if (word === 'newest') return newestOf(catalogue.slice(-1), work)
  if (word.includes('..')) return range(catalogue, word, work)
  return [await ofArchive(selectKernel(catalogue, word), work)]
}

/** Each series' newest release; one missing from the archive does not stop the others. */
const newestOf = (wanted: Catalogue, work: Work): Promise<ChosenKernel[]> =>
  Promise.all(
    wanted.map(series =>
      ofArchive({ series }, work).catch((error: unknown) => {
        work.signal.throwIfAborted()
        if (!(error instanceof ModproveError)) throw error
        return unavailable(series.name, error)
      }),
    ),
  )

/** Stands for a kernel without a source: its jobs fail, and those of other kernels run. */
const unavailable = (word: string, why: ModproveError): ChosenKernel => ({
  kernel: word,
  source: {
    series: seriesOf(word),
    release: word,
    id: `${word}: ${why.code}`,
    name: word.replaceAll(/[^\w.-]/g, '_'),
    tree: '',
    unavailable: why,
    open: () => Promise.reject(why),
  },
})

async function ofArchive(selection: KernelSelection, work: Work): Promise<ChosenKernel> {
  const source = debianSource(await resolveSource(selection, work))
  return { kernel: selection.release ?? selection.series.name, source }
}

async function range(catalogue: Catalogue, word: string, work: Work): Promise<ChosenKernel[]> {
  const [first = '', last = '', ...more] = word.split('..')
  const [from, to] = [selectKernel(catalogue, first), selectKernel(catalogue, last)]
  const name = ({ series, release }: KernelSelection): string => release ?? series.name
  const mixed = (from.release === undefined) !== (to.release === undefined)
  const backwards = compareVersions(name(from), name(to)) > 0
  if (more.length > 0 || mixed || backwards) {
    const why = backwards ? 'its first end is the newer one' : 'it should have two ends of one kind'
    throw usageError('BAD_RANGE', `"${word}" is not a range of kernels: ${why}`, {
      remedy:
        'Write two series (6.1..7.3) or two releases (6.12.94..6.12.117), the older one first',
    })
  }
  if (from.release === undefined) {
    const between = catalogue.slice(
      catalogue.indexOf(from.series),
      catalogue.indexOf(to.series) + 1,
    )
    return newestOf(between, work)
  }
  const sources = await releasesBetween(catalogue, name(from), name(to), work)
  return sources.map(source => ({ kernel: source.release, source: debianSource(source) }))
}
