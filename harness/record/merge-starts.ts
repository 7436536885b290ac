import { harnessError, usageError } from '../platform/errors.js'
import type { Host, RecordedRequest, RunStart } from '../contract/events.js'
import { defined, pick } from '../platform/pick.js'
import { requireRun } from './require-run.js'

/** The part of a record that {@link mergedStart} uses. */
interface ShardStart {
  readonly folder: string
  readonly start: RunStart
}

/** Where a merged record is written. */
export interface MergeTarget {
  readonly run: string
  /** Absolute; must not exist. */
  readonly folder: string
  readonly argv: readonly string[]
}

/**
 * Merges the starts of several runs: the earliest time, and the union of their requests.
 *
 * @throws ModproveError `RECORDS_DIFFER` if module or suites differ; `NOT_A_RUN`,
 *   `NOTHING_TO_MERGE`
 */
export function mergedStart(
  shards: readonly ShardStart[],
  { run, folder, argv }: MergeTarget,
): RunStart {
  const [first, ...others] = shards
  if (first === undefined) {
    throw harnessError('NOTHING_TO_MERGE', 'No record is in what was to be merged', {
      remedy: 'See why no worker brought one; it writes its record when its shard has ended',
    })
  }
  for (const other of others) requireSame(first, other)
  const starts = shards.map(({ start }) => start)
  const [at = ''] = starts.map(start => start.at).sort()
  const host = mergedHost(starts.map(start => start.host))
  const request = mergedRequest(shards.map(({ start, folder }) => requireRun(start, folder)))
  const whole = { ...first.start, run, folder, argv, at, host, request }
  return pick(whole, ...(Object.keys(whole) as (keyof RunStart)[]).filter(key => key !== 'shard'))
}

function requireSame(one: ShardStart, other: ShardStart): void {
  const [a, b] = [one.start, other.start]
  const what = [
    ...(a.content.module === b.content.module ? [] : ['module']),
    ...(a.content.suites === b.content.suites ? [] : ['suites']),
    ...(a.content.setup === b.content.setup ? [] : ['configuration']),
  ]
  if (what.length === 0 && a.commit === b.commit) return
  const differs =
    what.length === 0 ? 'are of two commits' : `were not run with the same ${what.join(' and ')}`
  throw usageError(
    'RECORDS_DIFFER',
    `${one.folder} (commit ${a.commit ?? 'unknown'}) and ${other.folder} (commit ${b.commit ?? 'unknown'}) ${differs}`,
    { remedy: 'Merge the records of one run, whose jobs were shared out' },
  )
}

const each = <T>(values: readonly T[]): T[] => [...new Set(values)]

function mergedRequest(requests: readonly RecordedRequest[]): RecordedRequest {
  // An empty list requests all suites.
  const all = requests.some(({ suites }) => suites.length === 0)
  const greps = each(requests.flatMap(({ grep }) => grep ?? []))
  const timeouts = requests.flatMap(({ timeoutMs }) => timeoutMs ?? [])
  return {
    kernels: each(requests.flatMap(({ kernels }) => kernels)),
    flavours: each(requests.flatMap(({ flavours }) => flavours)),
    suites: all ? [] : each(requests.flatMap(({ suites }) => suites)),
    ...defined({ grep: greps.length > 1 ? greps.map(one => `(?:${one})`).join('|') : greps[0] }),
    ...(requests.some(({ bail }) => bail) ? { bail: true } : {}),
    cold: requests.some(({ cold }) => cold),
    coverage: requests.some(({ coverage }) => coverage),
    retries: Math.max(...requests.map(({ retries }) => retries)),
    ...(timeouts.length === 0 ? {} : { timeoutMs: Math.max(...timeouts) }),
  }
}

/** Joins the values in which hosts differ, and takes the most cores and the slowest host's pace. */
function mergedHost(hosts: readonly Host[]): Host {
  const joined = (key: 'qemu' | 'accelerator' | 'node' | 'system'): string =>
    each(hosts.map(host => host[key])).join('; ')
  const slowness = hosts.flatMap(host => host.slowness ?? [])
  return {
    qemu: joined('qemu'),
    accelerator: joined('accelerator'),
    node: joined('node'),
    system: joined('system'),
    cores: Math.max(...hosts.map(({ cores }) => cores)),
    ...(slowness.length === 0 ? {} : { slowness: Math.max(...slowness) }),
  }
}
