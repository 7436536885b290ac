import {
  O_RDONLY,
  O_RDWR,
  O_WRONLY,
  type Calls,
  type Descriptor,
  type GuestKernel,
  type Invariant,
  type ModuleSpec,
  type TestGuest,
} from 'modprove'
import type { ExportCalls, Source } from './source.js'

/** Access modes, as in tests' names. */
export const accessModes = [
  ['read-only', O_RDONLY],
  ['write-only', O_WRONLY],
  ['read-write', O_RDWR],
] as const

/** An exporter that makes buffers of one size. */
export interface SizedExporter {
  readonly pages: number
  /** In bytes. */
  readonly size: number
  /** Modules that provide it. */
  readonly modules: readonly ModuleSpec[]
  /** @param mode access mode of the buffers; by default read-write, or the only one possible */
  readonly open: (user: Calls, mode?: number) => Promise<Source>
}

/** What the contract leaves to the exporter and the kernel's version. */
export interface Policies {
  /** Its name in fdinfo and bufinfo. */
  readonly exporterName: string
  /**
   * How it maps: page frames inserted by mmap, or pages that each fault finds and that are
   * refcounted. mremap, madvise and page pins fail for frames and work for pages.
   */
  readonly maps: 'frames' | 'pages'
  /** Which of the flags io, pf, de and dd VmFlags shows. */
  readonly vmFlags: readonly string[]
  /** Whether the source may be closed while the buffer is mapped. */
  readonly sourceMayGo: boolean
  /** The result of a private mapping of one page; of several pages, it is always refused. */
  readonly privatePage: 'refused' | 'copied'
  /** Whether an attachment keeps its first mapping until detach. */
  readonly keepsDmaMapping: boolean
  /** A kernel bug: a buffer is leaked when no descriptor is free. */
  readonly leaksWithoutDescriptor: boolean
  /** A kernel bug: a descriptor whose number cannot be copied to the caller stays open. */
  readonly leaksUnansweredDescriptor: boolean
  /** The errno of vmap; undefined if it works. */
  readonly vmap: string | undefined
  /** Whether /proc/vmallocinfo lists a vmap: vm_map_ram() uses blocks that exist already. */
  readonly vmapIsListed: boolean
}

/** A dma-buf exporter, as seen by the contract's generic part. */
export interface Exporter extends ExportCalls {
  /**
   * A new buffer's contents up to the first NUL; the rest is 0 unless `contents` says otherwise.
   */
  readonly greeting: string
  /** All bytes of a new buffer; if read-only, each page starts with a text of its own. */
  readonly contents?: (pages: number) => Buffer
  /** Whether the caller may request a descriptor without close-on-exec. */
  readonly cloexecIsAsked: boolean
  /** The errno for an unknown ioctl command. */
  readonly unknownCommand: string
  /** Whether it checks a command's type, number and size, or only the number. */
  readonly judgesWholeCommand: boolean
  /** Access modes of its buffers; read-only without O_RDWR. */
  readonly modes: readonly number[]
  /** The errno of a DMA mapping that lets the device write; undefined if allowed. */
  readonly deviceWrites?: string
  /** Whether its table merges adjacent pages into one segment. */
  readonly mergesNeighbours?: boolean
  /** Where the access mode is requested: "device", "request". */
  readonly modeOf: string
  /** Whether all descriptors of one source share a buffer. */
  readonly oneBufferASource: boolean
  /** Whether all callers get the same buffer while it is held. */
  readonly oneBufferForAll?: boolean
  /** Whether the open source holds that buffer. */
  readonly sourceHolds: boolean
  /** The caller that /proc/vmallocinfo lists for a vmap of a buffer. */
  readonly vmapCaller: string
  /** The exporter with buffers of this many pages, or of its only size. */
  readonly of: (pages: number) => SizedExporter
  readonly policies: (kernel: GuestKernel) => Policies
  /** Its log since the test began: each attach, detach and release; absent if it logs none. */
  readonly log?: (guest: TestGuest) => Promise<string[]>
  /** State that every test must restore. */
  readonly invariants: readonly Invariant[]
}

/** Sizes in pages that reveal counting and alignment errors. */
const SIZES = [1, 2, 3, 4, 5, 7, 8, 9, 1024]

/** The exporter at each size, once. */
export function sizesOf(exporter: Exporter): readonly SizedExporter[] {
  const bySize = new Map(SIZES.map(exporter.of).map(sized => [sized.pages, sized]))
  return [...bySize.values()]
}

/** All bytes of a new buffer. */
export function contentsOf(exporter: Exporter, { pages, size }: SizedExporter): Buffer {
  if (exporter.contents) return exporter.contents(pages)
  const bytes = Buffer.alloc(size)
  bytes.write(exporter.greeting)
  return bytes
}

/** A new buffer, held only by the descriptor. */
export async function newBuffer(
  sized: SizedExporter,
  user: Calls,
  mode?: number,
): Promise<Descriptor> {
  const source = await sized.open(user, mode)
  const buffer = await source.descriptor()
  await source.close()
  return buffer
}
