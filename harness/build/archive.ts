import {
  access,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import { ProcessOutput } from 'zx'
import { harnessError, usageError } from '../errors.js'
import { cacheFolder, withLock } from '../paths.js'
import { during } from '../progress.js'
import { script } from '../process/script.js'
import { aptConfiguration, KEYRING, mirror, sourcesList } from './apt-config.js'
import type { KernelSelection, Series } from './catalogue.js'
import type { Work } from './types.js'
import { compareVersions, upstreamOf } from './version.js'

/** A source package of one kernel, as the archive names it. */
export interface SourcePackage {
  readonly series: Series
  /** `linux-source-6.1` */
  readonly package: string
  /** `6.1.192-2` */
  readonly version: string
  /** `6.1.192` */
  readonly release: string
  /** The suite whose index lists it. */
  readonly suite: string
}

export interface ArchiveOptions {
  /** Ask the archive for its indexes even when they are not a day old. */
  readonly refresh?: boolean
}

const INDEX_LASTS_MS = 24 * 3_600_000
/** Far beyond the largest index (sid, 10 MB) and package (150 MB) on a slow line. */
const UPDATE_TIMEOUT_MS = 300_000
const DOWNLOAD_TIMEOUT_MS = 1_800_000

/**
 * All versions of a series' source package in its suites, newest first.
 * @throws ModproveError `ARCHIVE_UNREACHABLE`, `NO_KEYRING`
 */
export async function availableSources(
  series: Series,
  suites: readonly string[],
  work: Work,
  options: ArchiveOptions = {},
): Promise<readonly SourcePackage[]> {
  const found: SourcePackage[] = []
  for (const suite of suites) {
    const $ = await openSuite(suite, work, options)
    const { stdout } = await $`apt-cache -c apt.conf madison ${series.package}`
    for (const line of stdout.split('\n')) {
      const version = line.split('|')[1]?.trim()
      if (!version || found.some(known => known.version === version)) continue
      found.push({ series, package: series.package, version, release: upstreamOf(version), suite })
    }
  }
  return found.sort((a, b) => compareVersions(b.version, a.version))
}

/**
 * The package that holds the selected kernel: the newest of its series, or the newest revision of a point
 * release, for which the older suites are asked too, and then the cache.
 * @throws ModproveError `RELEASE_NOT_FOUND` listing what there is, and those of {@link availableSources}
 */
export async function resolveSource(
  selection: KernelSelection,
  work: Work,
  options: ArchiveOptions = {},
): Promise<SourcePackage> {
  const { series, release } = selection
  const wanted = (source: SourcePackage) => release === undefined || source.release === release
  const newest = await availableSources(series, series.suites, work, options)
  const first = newest.find(wanted)
  if (first) return first
  const older = await availableSources(series, series.olderSuites, work, options)
  const second = older.find(wanted)
  if (second) return second
  // What the archive dropped may still be here: a run of it can go on, and a failure on it be replayed.
  const kept = release === undefined ? undefined : (await keptSources(series)).find(wanted)
  if (kept) return kept
  const releases = [...new Set([...newest, ...older].map(source => source.release))]
  throw usageError(
    'RELEASE_NOT_FOUND',
    `Kernel ${release ?? series.name} is not in the archive’s suites ${[...series.suites, ...series.olderSuites].join(', ')}`,
    {
      remedy:
        releases.length === 0
          ? `The suites hold no ${series.package}: correct images/kernels.json`
          : `Choose one it has: ${releases.sort((a, b) => compareVersions(b, a)).join(', ')}`,
    },
  )
}

/** A series' packages that were downloaded, newest first. */
async function keptSources(series: Series): Promise<readonly SourcePackage[]> {
  const { package: name, suites } = series
  const found: SourcePackage[] = []
  for (const file of await readdir(join(cacheFolder(), 'sources')).catch(() => [])) {
    const [of, version, ...rest] = file.split('_')
    if (of !== name || version === undefined || rest.join('_') !== 'all.deb') continue
    found.push({
      series,
      package: name,
      version,
      release: upstreamOf(version),
      suite: suites[0] ?? '',
    })
  }
  return found.sort((a, b) => compareVersions(b.version, a.version))
}

/**
 * The whole, verified .deb of a source package, from the cache or the archive.
 * @throws ModproveError `DOWNLOAD_FAILED`, and nothing is kept
 */
export async function downloadSource(source: SourcePackage, work: Work): Promise<string> {
  const sources = join(cacheFolder(), 'sources')
  const name = `${source.package}_${source.version}_all.deb`
  const deb = join(sources, name)
  if (await exists(deb)) {
    const now = new Date()
    await utimes(deb, now, now)
    return deb
  }
  const $ = await openSuite(source.suite, work)
  const partial = join(sources, `${name}.${process.pid}.partial`)
  await mkdir(partial, { recursive: true })
  try {
    await during(work.progress, `downloading ${source.package} ${source.version}`, 10, async () => {
      const conf = join(suiteFolder(source.suite), 'apt.conf')
      const download = $({ cwd: partial, timeout: DOWNLOAD_TIMEOUT_MS })
      await download`apt-get -c ${conf} -q download ${source.package}=${source.version}`
    })
    // apt verified it against the signed index; whatever it calls the file, there is one.
    const [file = name] = await readdir(partial)
    await rename(join(partial, file), deb)
    return deb
  } catch (cause) {
    work.signal.throwIfAborted()
    throw harnessError(
      'DOWNLOAD_FAILED',
      `${source.package} ${source.version} could not be downloaded from ${mirror()} (${source.suite})`,
      {
        detail: complaints(cause),
        remedy:
          'Check the network, or name another mirror in MODPROVE_MIRROR. ' +
          'If the archive dropped this version, `modprove kernels --refresh` shows what it has now',
        cause,
      },
    )
  } finally {
    await rm(partial, { recursive: true, force: true })
  }
}

/** Suites whose index this process asked for in vain: once is enough. */
const unanswered = new Set<string>()

const suiteFolder = (suite: string): string => join(cacheFolder(), 'archive', suite)

/** A shell in a suite's folder, whose apt.conf and index are in place. */
export async function openSuite(
  suite: string,
  work: Work,
  options: ArchiveOptions = {},
): Promise<ReturnType<typeof script>> {
  if (!(await exists(KEYRING))) {
    throw harnessError('NO_KEYRING', `The archive's keys are missing: there is no ${KEYRING}`, {
      remedy: 'sudo apt-get install debian-archive-keyring',
    })
  }
  const folder = suiteFolder(suite)
  const $ = script({ cwd: folder, signal: work.signal, timeoutMs: UPDATE_TIMEOUT_MS })
  await withLock(`archive-${suite}`, () => updateIndex(suite, folder, $, work, options), {
    signal: work.signal,
    purpose: `reading the archive's index of ${suite}`,
  })
  return $
}

async function updateIndex(
  suite: string,
  folder: string,
  $: ReturnType<typeof script>,
  { progress, signal }: Work,
  options: ArchiveOptions,
): Promise<void> {
  for (const sub of ['state', 'lists/partial', 'cache/archives/partial', 'log']) {
    await mkdir(join(folder, sub), { recursive: true })
  }
  await writeFile(join(folder, 'status'), '')
  const sources = join(folder, 'sources.list')
  await writeFile(join(folder, 'apt.conf'), aptConfiguration(folder))
  const stamp = join(folder, 'updated-from')
  const updatedFrom = await readFile(stamp, 'utf8').catch(() => undefined)
  const updatedMs = updatedFrom === undefined ? 0 : (await stat(stamp)).mtimeMs
  const fresh = updatedFrom === mirror() && Date.now() - updatedMs < INDEX_LASTS_MS
  const askedInVain = updatedFrom !== undefined && unanswered.has(`${mirror()} ${suite}`)
  if ((fresh || askedInVain) && !options.refresh) return
  await writeFile(sources, sourcesList(suite, mirror()))
  try {
    await during(progress, `asking the archive what ${suite} has`, 2, async () => {
      await $`apt-get -c apt.conf -q -o APT::Get::List-Cleanup=false update`
    })
    await writeFile(stamp, mirror())
  } catch (cause) {
    signal.throwIfAborted()
    if (updatedFrom !== undefined) {
      unanswered.add(`${mirror()} ${suite}`)
      // apt finds an index by its address.
      await writeFile(sources, sourcesList(suite, updatedFrom))
      const date = new Date(updatedMs).toISOString().slice(0, 10)
      progress.say(`The archive does not answer; using what it had of ${suite} on ${date}`)
      return
    }
    throw harnessError(
      'ARCHIVE_UNREACHABLE',
      `The archive does not answer: ${mirror()} (${suite}), and there is no earlier index in ${folder}`,
      {
        detail: complaints(cause),
        remedy:
          "Check the network and apt's proxy settings, or name another mirror in MODPROVE_MIRROR",
        cause,
      },
    )
  }
}

/** apt's own errors and warnings, without its progress. */
function complaints(cause: unknown): string {
  if (!(cause instanceof ProcessOutput)) return String(cause)
  const lines = cause.stderr.split('\n').filter(line => /^[EW]: /.test(line))
  return lines.length > 0 ? lines.join('\n') : cause.stderr.trim() || cause.message
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )
