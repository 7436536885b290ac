import { access, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { harnessError } from '../../platform/errors.js'
import { cacheFolder } from '../../platform/files/cache-folder.js'
import { withLock } from '../../platform/files/lock.js'
import { during } from '../../platform/terminal/progress.js'
import { ProcessOutput, script } from '../../platform/process/script.js'
import { aptConfiguration, hostProxies, isSnapshot, OLD_MIRROR, sourcesList } from './apt-config.js'
import { indexFailure } from './index-failure.js'
import type { ArchiveSite } from './site.js'
import type { Work } from '../types.js'

export interface ArchiveOptions {
  /** Update the archive's indexes even if less than a day old. */
  readonly refresh?: boolean
}

/** A suite with an available index. */
export interface OpenSuite {
  /** Runs apt with this suite's configuration. */
  readonly $: ReturnType<typeof script>
  /** Its name: `bookworm`. */
  readonly suite: string
  /** Of its index, in the cache. */
  readonly folder: string
  /** Where its packages are downloaded. */
  readonly host: string
  readonly site: ArchiveSite
}

const INDEX_LASTS_MS = 24 * 3_600_000
/** Ample time for the largest index (sid, 10 MB) on a slow line. */
const UPDATE_TIMEOUT_MS = 300_000

/** Suites whose index update failed in this process; they are not tried again. */
const unanswered = new Set<string>()

/**
 * Opens a suite with an index at most a day old, if possible. If the mirror has dropped the suite,
 * uses the next host of the archive, if it has one.
 * @throws ModproveError `NO_KEYRING`; `ARCHIVE_UNREACHABLE`, `SUITE_GONE` without an earlier index;
 * `SIGNATURE_BAD`, `INDEX_EXPIRED`, `ARCHIVE_REFUSED` in any case, because an untrusted index must
 * be noticed
 */
export async function openSuite(
  suite: string,
  site: ArchiveSite,
  work: Work,
  options: ArchiveOptions = {},
): Promise<OpenSuite> {
  const { name, keyring } = site
  await access(keyring).catch((cause: unknown) => {
    throw harnessError('NO_KEYRING', `The archive's keys are missing: there is no ${keyring}`, {
      remedy: site.newerKeys,
      cause,
    })
  })
  const id = name === 'debian' ? suite : `${name}-${suite}`
  const folder = join(cacheFolder(), 'archive', id)
  const env = { APT_CONFIG: join(folder, 'apt.conf') }
  const $ = script({ cwd: folder, signal: work.signal, timeoutMs: UPDATE_TIMEOUT_MS, env })
  const update = () => updateIndex({ suite, folder, $, site }, work, options)
  const host = await withLock(`archive-${id}`, update, {
    signal: work.signal,
    purpose: `reading the archive's index of ${suite}`,
  })
  return { $, suite, folder, host, site }
}

interface ClosedSuite {
  readonly suite: string
  readonly folder: string
  readonly $: OpenSuite['$']
  readonly site: ArchiveSite
}

/** @returns the host with the index */
async function updateIndex(
  { suite, folder, $, site }: ClosedSuite,
  { progress, signal }: Work,
  options: ArchiveOptions,
): Promise<string> {
  const partial = join(folder, 'lists/partial')
  await rm(partial, { recursive: true, force: true })
  for (const sub of [
    partial,
    ...['state', 'cache/archives/partial', 'log'].map(s => join(folder, s)),
  ])
    await mkdir(sub, { recursive: true })
  await writeFile(join(folder, 'status'), '')
  await writeFile(join(folder, 'apt.conf'), aptConfiguration(folder, await hostProxies()))
  const [first] = site.hosts
  const stamp = join(folder, 'updated-from')
  const [asked, from = asked] = await readFile(stamp, 'utf8').then(
    text => text.split('\n'),
    () => [],
  )
  // apt identifies an index by its address.
  const use = async (host: string): Promise<string> => {
    await writeFile(
      join(folder, 'sources.list'),
      sourcesList(suite, site.root(suite, host), site.keyring, host !== first || isSnapshot()),
    )
    return host
  }
  const updatedMs = from === undefined ? 0 : (await stat(stamp)).mtimeMs
  const fresh = asked === first && Date.now() - updatedMs < INDEX_LASTS_MS
  const askedInVain = unanswered.has(`${first} ${suite}`)
  if (from !== undefined && (fresh || askedInVain) && !options.refresh) return use(from)
  const failed: { readonly host: string; readonly how: 'unreachable' | 'absent' }[] = []
  let complaint = ''
  for (const host of site.hosts) {
    await use(host)
    try {
      await during(progress, `asking the archive what ${suite} has`, 2, async () => {
        await $`apt-get -q -o APT::Get::List-Cleanup=false update`
      })
      await writeFile(stamp, `${first}\n${host}`)
      return host
    } catch (cause) {
      signal.throwIfAborted()
      complaint = complaints(cause)
      const how = await indexFailure({ suite, host, site, folder, $ }, complaint)
      signal.throwIfAborted()
      if (typeof how !== 'string') throw how
      failed.push({ host, how })
      if (how === 'unreachable') break
    }
  }
  const reason = failed
    .map(({ host, how }) =>
      how === 'absent' ? `${host} has no ${suite}` : `${host} does not answer`,
    )
    .join(', and ')
  if (from !== undefined) {
    unanswered.add(`${first} ${suite}`)
    const date = new Date(updatedMs).toISOString().slice(0, 10)
    progress.say(`${reason}; using the index of ${suite} from ${date}`)
    return use(from)
  }
  if (failed.every(({ how }) => how === 'absent')) {
    throw harnessError('SUITE_GONE', reason, { detail: complaint, remedy: OLD_RELEASES })
  }
  throw harnessError(
    'ARCHIVE_UNREACHABLE',
    `${reason}, and there is no earlier index of ${suite} in ${folder}`,
    {
      detail: complaint,
      remedy: `Check the network and apt's proxy settings, or ${site.elsewhere}`,
    },
  )
}

/** Where to find releases that mirrors have dropped. */
export const OLD_RELEASES = `Old releases of Debian are at ${OLD_MIRROR} (MODPROVE_MIRROR), old kernels at kernel.org`

/** Returns apt's errors and warnings, without its progress. */
export function complaints(cause: unknown): string {
  if (!(cause instanceof ProcessOutput)) return String(cause)
  const lines = cause.stderr.split('\n').filter(line => /^[EW]: /.test(line))
  return lines.length > 0 ? lines.join('\n') : cause.stderr.trim() || cause.message
}
