import { readdir, readFile } from 'node:fs/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Figures } from '../../contract/soak-result.js'
import { parseStat } from '../../platform/process/stat.js'

export interface WatchedFolders {
  readonly temporary: string
  readonly cache: string
}

const MIB = 1024 ** 2
/** A compiler cache is expected to grow, and has its own limit. */
const COMPILER_CACHE = 'ccache'
/** tsx caches transpiled files there, shared by a user's processes. */
const TRANSPILED = /^tsx-\d+$/

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** Collects the figures between two runs. */
export async function figuresOf({ temporary, cache }: WatchedFolders): Promise<Figures> {
  collectGarbage()
  const { heapUsed, rss } = process.memoryUsage()
  const kinds = (await readdir(cache)).filter(name => name !== COMPILER_CACHE)
  let cacheFiles = 0
  for (const kind of kinds) cacheFiles += await filesBelow(`${cache}/${kind}`)
  return {
    processes: await descendants(process.pid),
    descriptors: (await readdir('/proc/self/fd')).length,
    temporaryFiles: (await readdir(temporary)).filter(name => !TRANSPILED.test(name)).length,
    cacheFiles,
    heapMiB: heapUsed / MIB,
    residentMiB: rss / MIB,
  }
}

const filesBelow = async (path: string): Promise<number> =>
  (await readdir(path, { recursive: true }).catch(() => [])).length

/** Counts the processes below one. */
async function descendants(root: number): Promise<number> {
  const parents = new Map<number, number>()
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    const stat = parseStat(await readFile(`/proc/${entry}/stat`, 'latin1').catch(() => ''))
    if (stat !== undefined) parents.set(stat.pid, stat.parent)
  }
  const isBelow = (pid: number): boolean => {
    const parent = parents.get(pid)
    return parent !== undefined && (parent === root || isBelow(parent))
  }
  return [...parents.keys()].filter(isBelow).length
}
