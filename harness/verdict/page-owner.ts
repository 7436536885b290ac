import { grouped, type Group } from '../platform/grouped.js'
import { besideLog, type Finding, type Frame } from './finding.js'
import { isBareAddress, parseTraceLine, plainName, relevantFrame } from './symbols/frames.js'

const MAX_RECORDS = 10_000
const MAX_TEXT_CHARACTERS = 8192

/**
 * Functions between a module and the allocator that keep what they get, for whoever asks next:
 * slabs, page tables of vmap(), caches of fragments, of files and of the kernel's checks. What a
 * process touches goes with the process.
 */
const KEEPS =
  /slab|remap_pfn_range|__p(?:te|md|ud|4d)_alloc|page_frag|pcpu_|depot|dma_debug_create|kasan_|filemap|page_cache|shmem|exc_page_fault/

/** Pages of one allocation. */
export interface OwnedPages {
  /** Frame number of the first. */
  readonly frame: bigint
  readonly task: Finding['task']
  readonly frames: readonly Frame[]
  readonly text: string
}

/**
 * Allocations of /sys/kernel/debug/page_owner (Documentation/mm/page_owner.rst) that a module made,
 * or something that is unloaded.
 *
 * @param modules names of those under test
 */
export function pagesOfModules(text: string, modules: readonly string[]): OwnedPages[] {
  const isOwn = (line: string): boolean =>
    isBareAddress(line) || modules.includes(parseTraceLine(line)?.module ?? '')
  return text
    .split('\n\n', MAX_RECORDS)
    .map(record => record.split('\n').map(line => line.slice(0, 1000)))
    .filter(lines => lines.slice(1).some(isOwn))
    .map(recordOf)
    .filter(({ frames }) => !frames.some(({ function: name }) => KEEPS.test(name)))
}

function recordOf(lines: readonly string[]): OwnedPages {
  const [head = ''] = lines
  const [, pid, comm = ''] =
    /, pid (\d{1,10})(?:, tgid \d{1,10} \((.{0,64})\))?, ts /.exec(head) ?? []
  const frame = lines.map(line => /^PFN (0x[0-9a-f]{1,16}|\d{1,16}) /.exec(line)?.[1]).find(Boolean)
  return {
    frame: BigInt(frame ?? 0),
    task: pid === undefined ? undefined : { comm, pid: Number(pid) },
    frames: lines.flatMap(line => parseTraceLine(line) ?? []),
    text: lines.join('\n'),
  }
}

/**
 * Pages that unloaded modules did not give back; those with the same stack become one finding.
 *
 * @param text read when they were unloaded, with the names of their functions
 * @param sequence of the last log record when it was read; it has none of its own
 */
export function readLeakedPages(
  text: string,
  modules: readonly string[],
  sequence: number,
): Finding[] {
  const groups = grouped(pagesOfModules(text, modules), ({ frames }) =>
    frames.map(({ function: name, offset }) => `${name}+${offset}`).join(),
  )
  return [...groups.values()].map(group => leakOf(group, new Set(modules), sequence))
}

function leakOf(
  [{ task, frames, text }, ...others]: Group<OwnedPages>,
  modules: ReadonlySet<string>,
  sequence: number,
): Finding {
  const relevant = relevantFrame(frames, modules, false)
  const name = relevant === undefined ? undefined : plainName(relevant.function)
  return {
    ...besideLog('page-owner', `pages leaked${name === undefined ? '' : ` in ${name}`}`, sequence),
    function: name,
    frames,
    locationReason: modules.has(relevant?.module ?? '') ? 'not looked up' : undefined,
    task,
    text: text.slice(0, MAX_TEXT_CHARACTERS),
    count: 1 + others.length,
  }
}
