import { readFile } from 'node:fs/promises'
import { freemem } from 'node:os'
import { join, relative } from 'node:path'

/** Memory available to new processes, without swap. */
export interface FreeMemory {
  readonly bytes: number
  /** The tightest control group, if it leaves less than the host has. */
  readonly limit?: { readonly bytes: number; readonly group: string }
}

/** Replaceable for tests. */
export interface MemorySources {
  /** proc(5) of this process: `cgroup` and `mountinfo` are read. */
  readonly self: string
  /** The host's available memory: proc_meminfo(5) MemAvailable. */
  readonly host: () => number
}

const thisHost: MemorySources = { self: '/proc/self', host: freemem }

/** Files with a group's limit, its usage, and counters of page cache, which is reclaimable. */
interface MemoryFiles {
  readonly limits: readonly string[]
  readonly used: string
  readonly cache: readonly string[]
}

/** Documentation/admin-guide/cgroup-v2.rst; above `high`, processes are throttled. */
const UNIFIED: MemoryFiles = {
  limits: ['memory.max', 'memory.high'],
  used: 'memory.current',
  cache: ['inactive_file', 'active_file'],
}
/**
 * Documentation/admin-guide/cgroup-v1/memory.rst; like the usage, `total_` includes child groups.
 */
const SPLIT: MemoryFiles = {
  limits: ['memory.limit_in_bytes'],
  used: 'memory.usage_in_bytes',
  cache: ['total_inactive_file', 'total_active_file'],
}

/** The host's free memory, or what the limits of this process's control groups leave of it. */
export async function freeMemory(sources: MemorySources = thisHost): Promise<FreeMemory> {
  let free: FreeMemory = { bytes: sources.host() }
  for (const { folders, files } of await groupsOf(sources.self)) {
    for (const group of folders) {
      const [limit, used] = await Promise.all([limitOf(group, files), numberIn(group, files.used)])
      if (limit === undefined || used === undefined) continue
      const left = Math.max(0, limit - used + (await cacheOf(group, files)))
      if (left < free.bytes) free = { bytes: left, limit: { bytes: limit, group } }
    }
  }
  return free
}

interface Hierarchy {
  /** This process's group and its visible ancestors. */
  readonly folders: readonly string[]
  readonly files: MemoryFiles
}

async function groupsOf(self: string): Promise<Hierarchy[]> {
  const [cgroup, mounts] = await Promise.all([
    linesIn(join(self, 'cgroup')),
    linesIn(join(self, 'mountinfo')),
  ])
  const hierarchies: Hierarchy[] = []
  for (const line of mounts) {
    // proc_pid_mountinfo(5): … root, mount point, …, "-", type, source, file system options.
    const [before = '', after = ''] = line.split(' - ', 2)
    const [root = '', mountPoint = ''] = before.split(' ').slice(3)
    const [type, , options = ''] = after.split(' ')
    const isSplit = type === 'cgroup' && options.split(',').includes('memory')
    if (!isSplit && type !== 'cgroup2') continue
    const own = pathIn(cgroup, isSplit ? 'memory' : '')
    if (own === undefined) continue
    const folders = upFrom(mountPoint, relative(root, own))
    hierarchies.push({ folders, files: isSplit ? SPLIT : UNIFIED })
  }
  return hierarchies
}

/** cgroups(7), /proc/pid/cgroup: `4:memory:/user`, `0::/user.slice` of the unified hierarchy. */
function pathIn(lines: readonly string[], controller: string): string | undefined {
  for (const line of lines) {
    const [, controllers = '', path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? []
    if (controllers.split(',').includes(controller)) return path
  }
  return undefined
}

/** From a group up to its mount point; only the latter if the group is outside of the mount. */
function upFrom(mountPoint: string, path: string): string[] {
  const names = path.startsWith('..') ? [] : path.split('/').filter(name => name !== '')
  return names
    .map((_, index) => join(mountPoint, ...names.slice(0, names.length - index)))
    .concat(mountPoint)
}

async function limitOf(group: string, { limits }: MemoryFiles): Promise<number | undefined> {
  const values = await Promise.all(limits.map(file => numberIn(group, file)))
  const known = values.filter(value => value !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}

async function cacheOf(group: string, { cache }: MemoryFiles): Promise<number> {
  const counters = (await linesIn(join(group, 'memory.stat'))).map(line => line.split(' '))
  const sizes = cache.map(name => Number(counters.find(([each]) => each === name)?.[1] ?? 0))
  return sizes.reduce((sum, size) => sum + size, 0)
}

/** Undefined for `max`, and for a missing file, as in the root. */
async function numberIn(group: string, file: string): Promise<number | undefined> {
  const [text = ''] = await linesIn(join(group, file))
  return /^\d+$/.test(text) ? Number(text) : undefined
}

/** None of a file that cannot be read. */
const linesIn = async (path: string): Promise<string[]> =>
  (await readFile(path, 'utf8').catch(() => '')).split('\n')
