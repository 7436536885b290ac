import type { FindingKind } from '../finding-kinds.js'
import { alone, titleOf, type SplatRow, type Title, type TitleParts } from '../rows/splat-row.js'

/** A WARN, BUG or panic whose message is more specific than its headline. */
interface Refinement {
  readonly says: RegExp
  readonly kind: FindingKind
  readonly title: Title
}

const refinements: readonly Refinement[] = [
  // lib/refcount.c
  { says: /^refcount_t: (.{1,60}?)\.?$/, kind: 'refcount', title: 'refcount: $1' },
  // lib/list_debug.c
  {
    says: /^(list_add|list_del|slist_add|hlist_add)(?: double add| corruption)/,
    kind: 'list-corruption',
    title: '$1 corruption',
  },
  // kernel/dma/debug.c: "DMA-API: driver device: what [details]"
  {
    says: /^DMA-API: (?:.{1,120}?: )?((?:device driver|cacheline|mapping|exceeded|Overlapping|overlapping).{1,160})/,
    kind: 'dma-api',
    title: 'DMA-API: $1',
  },
  { says: /^DMA-API: (.{1,160})/, kind: 'dma-api', title: '$0' },
  // include/linux/dma-mapping.h, kernel/dma/direct.h: dev_WARN() prefixes driver and device
  {
    says: /^\S{1,60} \S{1,60}: (rejecting DMA map of vmalloc memory|swiotlb addr .{0,60} overflow|DMA addr )/,
    kind: 'dma-api',
    title: 'DMA: $1',
  },
  // lib/debugobjects.c
  {
    says: /^ODEBUG: (.{1,40}?) \(active state \d+\) object(?: type|:.{0,20} object type)?: (\w{1,40})/,
    kind: 'debug-objects',
    title: 'ODEBUG: $1 $2',
  },
  // mm/usercopy.c
  {
    says: /^usercopy: Kernel memory (exposure|overwrite) attempt detected (?:from|to) (.{1,60}?)(?: \(| '|!)/,
    kind: 'usercopy',
    title: 'usercopy: $1 of $2',
  },
  {
    says: /^(?:Bad or missing usercopy whitelist\?|Buffer overflow detected)/,
    kind: 'usercopy',
    title: 'usercopy: $0',
  },
  // lib/string_helpers.c, include/linux/fortify-string.h
  {
    says: /^(?:detected buffer overflow in \S{1,60}|\w{1,40}: detected (?:field-spanning|buffer overflow|\d+ byte).{0,20})/,
    kind: 'fortify',
    title: 'fortify: buffer overflow',
  },
  // mm/debug.c
  {
    says: /^page dumped because: (VM_(?:WARN|BUG)_ON\w{0,20}\(.{1,200})/,
    kind: 'bad-page',
    title: '$1',
  },
  // mm/slab_common.c
  {
    says: /^kmem_cache_destroy \S{1,80}: Slab cache still has objects/,
    kind: 'slub',
    title: 'slub: cache destroyed with objects in it',
  },
  // kernel/panic.c __stack_chk_fail, kernel/sched/core.c
  {
    says: /^(?:stack-protector: Kernel stack is corrupted in|corrupted stack end detected)/,
    kind: 'stack-corruption',
    title: 'kernel stack is corrupted',
  },
  // include/linux/entry-common.h
  {
    says: /^syscall \d{1,20} left IRQs disabled/,
    kind: 'warning',
    title: 'WARNING: interrupts off at return',
  },
  { says: /^(?:DEBUG_LOCKS_WARN_ON\(.{1,120})/, kind: 'lockdep', title: 'lockdep: $0' },
  {
    says: /^System is deadlocked on memory|^Out of memory/,
    kind: 'out-of-memory',
    title: alone('kernel panic: $0'),
  },
]

const REFINABLE: ReadonlySet<FindingKind> = new Set<FindingKind>(['warning', 'bug', 'panic'])

/** True for faults that a stack overflow causes when no stack is left to report it. */
export const mayBeOverflow = ({ kind }: SplatRow, { match }: Pick<TitleParts, 'match'>): boolean =>
  kind === 'gpf' ||
  (kind === 'oops' && /^(?:Oops: )?(?:double fault|stack segment|Oops)/.test(match[0]))

/** A report's kind and raw title, from the most specific message, else from its row. */
export function kindAndTitleOf(
  row: SplatRow,
  parts: TitleParts,
  messages: readonly string[],
): { readonly kind: FindingKind; readonly title: string } {
  if (REFINABLE.has(row.kind))
    for (const line of messages)
      for (const { says, kind, title } of refinements) {
        const match = says.exec(line)
        if (match !== null) return { kind, title: titleOf(title, { ...parts, match }) }
      }
  return { kind: row.kind, title: titleOf(row.title, parts) }
}
