import { besideLog, type Finding } from './finding.js'
import { leaksOf, type Allocation } from './leaks.js'
import { isBareAddress, parseTraceLine } from './symbols/trace-line.js'

/** What keeps pages for whoever asks next; and a page fault's, which go with the process. */
const KEEPS =
  /slab|remap_pfn_range|__p(?:te|md|ud|4d)_alloc|page_frag|pcpu_|depot|dma_debug_create|kasan_|filemap|page_cache|shmem|exc_page_fault/

/** Pages of one allocation. */
interface OwnedPages extends Allocation {
  /** Frame number of the first. */
  readonly frame: bigint
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
    .split('\n\n')
    .map(record => record.split('\n').map(line => line.slice(0, 1000)))
    .filter(lines => stackOf(lines).some(isOwn))
    .map(pagesOf)
    .filter(({ frames }) => !frames.some(({ function: name }) => KEEPS.test(name)))
}

const FRAME_NUMBER = /^PFN (0x[0-9a-f]{1,16}|\d{1,16}) /

/** Lines after the frame number; before it is the task's name, which may have newlines. */
const stackOf = (lines: readonly string[]): readonly string[] =>
  lines.slice(lines.findIndex(line => FRAME_NUMBER.test(line)) + 1)

function pagesOf(lines: readonly string[]): OwnedPages {
  const text = lines.join('\n')
  const [, pid, comm = ''] =
    /, pid (\d{1,10})(?:, tgid \d{1,10} \((.{0,64})\))?, ts /s.exec(text) ?? []
  const frame = lines.map(line => FRAME_NUMBER.exec(line)?.[1]).find(Boolean)
  return {
    frame: BigInt(frame ?? 0),
    task: pid === undefined ? undefined : { comm, pid: Number(pid) },
    frames: stackOf(lines).flatMap(line => parseTraceLine(line) ?? []),
    text,
  }
}

/**
 * Pages that unloaded modules did not give back.
 *
 * @param text read when they were unloaded, with the names of their functions
 * @param sequence of the last log record when it was read; it has none of its own
 */
export const readLeakedPages = (
  text: string,
  modules: readonly string[],
  sequence: number,
): Finding[] =>
  leaksOf(pagesOfModules(text, modules), besideLog('page-owner', 'pages leaked', sequence), modules)
