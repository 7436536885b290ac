import { join } from 'node:path'
import { didYouMean } from '../platform/did-you-mean.js'
import { usageError } from '../platform/errors.js'
import { Checked, imagesFolder } from './images.js'
import { compareVersions, seriesOf } from './version.js'

/** One line of kernels of Debian's archive, as `images/kernels.json` lists it. */
export interface Series {
  /** `6.1` */
  readonly name: string
  /** Source package: `linux-source-6.1`. */
  readonly package: string
  /** Suites of the archive that hold its newest release. */
  readonly suites: readonly string[]
  /** Suites asked besides when an older point release is wanted; their indexes may be large. */
  readonly olderSuites: readonly string[]
  /** Where its suites go when the mirrors drop them: a host like `MODPROVE_MIRROR`, asked where that has no such suite. */
  readonly archive?: string
  readonly notes: string
}

/** All known series, oldest first. */
export type Catalogue = readonly Series[]

export interface KernelSelection {
  readonly series: Series
  /** A point release, `6.12.107`; without it the newest one of the series. */
  readonly release?: string
}

const SERIES = /^\d+\.\d+$/
const PACKAGE = /^[a-z0-9][a-z0-9.+-]+$/
const HOST = /^https?:\/\/[\w.:-]+$/
const SUITE = /^[a-z][a-z0-9-]*$/

/** @throws ModproveError `CONFIGURATION`, naming file and place */
export async function loadCatalogue(file = join(imagesFolder, 'kernels.json')): Promise<Catalogue> {
  const { checked, content } = await Checked.read(file)
  checked.onlyKeys(content, 'the file', ['series'])
  const all = checked.object(content['series'], 'series')
  return Object.entries(all)
    .map(([name, value]) => parseSeries(checked, name, value))
    .sort((a, b) => compareVersions(a.name, b.name))
}

function parseSeries(checked: Checked, name: string, value: unknown): Series {
  const place = `series["${name}"]`
  checked.string(name, `the key of ${place}`, SERIES, 'a series such as "6.1"')
  const entry = checked.object(value, place)
  checked.onlyKeys(entry, place, ['package', 'suites', 'olderSuites', 'archive', 'notes'])
  const suites = (key: string) =>
    checked.strings(entry[key], `${place}.${key}`, SUITE, "a suite of Debian's archive")
  const newest = suites('suites')
  if (newest.length === 0) checked.fail(`${place}.suites`, 'a list of at least one suite', newest)
  const { archive } = entry
  return {
    ...(archive === undefined
      ? {}
      : { archive: checked.string(archive, `${place}.archive`, HOST, 'the address of a host') }),
    name,
    package: checked.string(entry['package'], `${place}.package`, PACKAGE, 'a package name'),
    suites: newest,
    olderSuites: suites('olderSuites'),
    notes: checked.string(entry['notes'], `${place}.notes`),
  }
}

/**
 * The kernel a user means by `6.1` (newest point release, resolved at run time), `6.12.107` or `7.3-rc7`.
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
