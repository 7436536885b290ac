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

/** Access modes, as tests name them. */
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
  /** What must be loaded before it is there. */
  readonly modules: readonly ModuleSpec[]
  /** @param mode access mode of the buffers; read-write, or what they have, unless given */
  readonly open: (user: Calls, mode?: number) => Promise<Source>
}

/** What the contract leaves to the exporter, on one kernel. */
export interface Policies {
  /** Its name in fdinfo and bufinfo. */
  readonly exporterName: string
  /**
   * What its mappings are made of: page frames put in by mmap, or pages that are found by each fault and that
   * the kernel counts. mremap, madvise and holds on pages are refused for the first and allowed for the other.
   */
  readonly maps: 'frames' | 'pages'
  /** Which of io, pf, de and dd VmFlags has. */
  readonly vmFlags: readonly string[]
  /** Whether what the buffer was asked of may be closed while the buffer is mapped. */
  readonly sourceMayGo: boolean
  /** What becomes of a private mapping of a single page; one of several is always refused. */
  readonly privatePage: 'refused' | 'copied'
  /** Whether the first mapping of an attachment is kept until its detach. */
  readonly keepsDmaMapping: boolean
  /** A bug: a buffer for which there is no descriptor left is never released. */
  readonly leaksWithoutDescriptor: boolean
  /** A bug: a descriptor whose number cannot be written to the caller stays open. */
  readonly leaksUnansweredDescriptor: boolean
  /** Error of vmap; undefined where it works. */
  readonly vmap: string | undefined
  /** Whether /proc/vmallocinfo lists a vmap: vm_map_ram() takes from blocks that it has already. */
  readonly vmapIsListed: boolean
}

/** A dma-buf exporter, as the contract's generic part needs it. */
export interface Exporter extends ExportCalls {
  /** The contents of a new buffer up to the first NUL; every byte behind is 0 where `contents` says nothing else. */
  readonly greeting: string
  /** All bytes of a new buffer; where its buffers are read-only, each page begins with a text of its own. */
  readonly contents?: (pages: number) => Buffer
  /** Whether the caller may ask for a descriptor that stays open at an exec. */
  readonly cloexecIsAsked: boolean
  /** Error of the device for a command that it does not know. */
  readonly unknownCommand: string
  /** Whether it knows a command by type, number and size, or by the number alone. */
  readonly judgesWholeCommand: boolean
  /** Access modes that its buffers can have; they are read-only where O_RDWR is not among them. */
  readonly modes: readonly number[]
  /** Error of a DMA mapping by which a device could write; undefined where it may. */
  readonly deviceWrites?: string
  /** Whether pages that are neighbours in memory are one segment of its table. */
  readonly mergesNeighbours?: boolean
  /** What the access mode is given to: "device", "request". */
  readonly modeOf: string
  /** Whether all descriptors of one source are of one buffer. */
  readonly oneBufferASource: boolean
  /** Whether all who ask while it is held get the same buffer. */
  readonly oneBufferForAll?: boolean
  /** Whether the open source holds that buffer. */
  readonly sourceHolds: boolean
  /** How /proc/vmallocinfo names the code that maps a buffer into the kernel. */
  readonly vmapCaller: string
  /** Buffers of that many pages, or of the one size that it has. */
  readonly of: (pages: number) => SizedExporter
  readonly policies: (kernel: GuestKernel) => Policies
  /** What it logged since the test began: each attach, detach and release; nothing where it logs none. */
  readonly log?: (guest: TestGuest) => Promise<string[]>
  /** What every test must leave as it found it. */
  readonly invariants: readonly Invariant[]
}

/** Sizes in pages at which a mistake of counting or of alignment shows. */
const SIZES = [1, 2, 3, 4, 5, 7, 8, 9, 1024]

/** The exporter at each of its sizes, each once. */
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

/** A new buffer that only the descriptor holds. */
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
