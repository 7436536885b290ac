import type { FindingKind } from './finding.js'
import { inFunction, type SplatPattern, type TitleParts } from './splat-patterns.js'

/** A WARN, BUG or panic whose message is more specific than its headline. */
interface Refinement {
  readonly says: RegExp
  readonly kind: FindingKind
  readonly title: (parts: TitleParts) => string
}

const refinements: readonly Refinement[] = [
  {
    // lib/refcount.c
    says: /^refcount_t: (.{1,60}?)\.?$/,
    kind: 'refcount',
    title: inFunction(match => `refcount: ${match[1] ?? ''}`),
  },
  {
    // lib/list_debug.c
    says: /^(list_add|list_del|slist_add|hlist_add)(?: double add| corruption)/,
    kind: 'list-corruption',
    title: inFunction(match => `${match[1] ?? ''} corruption`),
  },
  {
    // kernel/dma/debug.c: "DMA-API: driver device: what [details]"
    says: /^DMA-API: (?:.{1,120}?: )?((?:device driver|cacheline|mapping|exceeded|Overlapping|overlapping).{1,160})/,
    kind: 'dma-api',
    title: inFunction(match => `DMA-API: ${match[1] ?? ''}`),
  },
  { says: /^DMA-API: (.{1,160})/, kind: 'dma-api', title: inFunction(match => match[0]) },
  {
    // include/linux/dma-mapping.h, kernel/dma/direct.h: dev_WARN() prefixes driver and device
    says: /^\S{1,60} \S{1,60}: (rejecting DMA map of vmalloc memory|swiotlb addr .{0,60} overflow|DMA addr )/,
    kind: 'dma-api',
    title: inFunction(match => `DMA: ${match[1] ?? ''}`),
  },
  {
    // lib/debugobjects.c
    says: /^ODEBUG: (.{1,40}?) \(active state \d+\) object(?: type|:.{0,20} object type)?: (\w{1,40})/,
    kind: 'debug-objects',
    title: inFunction(match => `ODEBUG: ${match[1] ?? ''} ${match[2] ?? ''}`),
  },
  {
    // mm/usercopy.c
    says: /^usercopy: Kernel memory (exposure|overwrite) attempt detected (?:from|to) (.{1,60}?)(?: \(| '|!)/,
    kind: 'usercopy',
    title: inFunction(match => `usercopy: ${match[1] ?? ''} of ${match[2] ?? ''}`),
  },
  {
    says: /^(?:Bad or missing usercopy whitelist\?|Buffer overflow detected)/,
    kind: 'usercopy',
    title: inFunction(match => `usercopy: ${match[0]}`),
  },
  {
    // lib/string_helpers.c, include/linux/fortify-string.h
    says: /^(?:detected buffer overflow in \S{1,60}|\w{1,40}: detected (?:field-spanning|buffer overflow|\d+ byte).{0,20})/,
    kind: 'fortify',
    title: inFunction('fortify: buffer overflow'),
  },
  {
    // mm/debug.c
    says: /^page dumped because: (VM_(?:WARN|BUG)_ON\w{0,20}\(.{1,200})/,
    kind: 'bad-page',
    title: inFunction(match => match[1] ?? ''),
  },
  {
    // mm/slab_common.c
    says: /^kmem_cache_destroy \S{1,80}: Slab cache still has objects/,
    kind: 'slub',
    title: inFunction('slub: cache destroyed with objects in it'),
  },
  {
    // kernel/panic.c __stack_chk_fail, kernel/sched/core.c
    says: /^(?:stack-protector: Kernel stack is corrupted in|corrupted stack end detected)/,
    kind: 'stack-corruption',
    title: inFunction('kernel stack is corrupted'),
  },
  {
    says: /^(?:DEBUG_LOCKS_WARN_ON\(.{1,120})/,
    kind: 'lockdep',
    title: inFunction(match => `lockdep: ${match[0]}`),
  },
  {
    says: /^System is deadlocked on memory|^Out of memory/,
    kind: 'out-of-memory',
    title: ({ match }) => `kernel panic: ${match[0]}`,
  },
]

const REFINABLE: ReadonlySet<FindingKind> = new Set<FindingKind>(['warning', 'bug', 'panic'])

/** True for faults that a stack overflow causes when no stack is left to report it. */
export const mayBeOverflow = (
  { kind }: SplatPattern,
  { match }: Pick<TitleParts, 'match'>,
): boolean =>
  kind === 'gpf' ||
  (kind === 'oops' && /^(?:Oops: )?(?:double fault|stack segment|Oops)/.test(match[0]))

/** A report's kind and raw title, from the most specific message, else from its row. */
export function kindAndTitleOf(
  row: SplatPattern,
  parts: TitleParts,
  messages: readonly string[],
): { readonly kind: FindingKind; readonly title: string } {
  if (REFINABLE.has(row.kind))
    for (const message of messages)
      for (const { says, kind, title } of refinements) {
        const match = says.exec(message)
        if (match !== null) return { kind, title: title({ ...parts, match }) }
      }
  return { kind: row.kind, title: row.title(parts) }
}
