import {
  MAP_SHARED,
  O_RDWR,
  PROT_READ,
  PROT_WRITE,
  type Descriptor,
  type Mapping,
  type Test,
} from 'modprove'
import { mapShared, PAGE, stampPages } from '../mappings.js'
import { IMPORTER_BIDIRECTIONAL, IMPORTER_TO_DEVICE } from '../uapi.js'
import { contentsOf, type Exporter, type SizedExporter } from './adapter.js'

const canWrite = (exporter: Exporter): boolean => exporter.modes.includes(O_RDWR)

/** A mapping with all access that the exporter's buffers allow; of the first page by default. */
export function mapFully(
  exporter: Exporter,
  buffer: Descriptor,
  { length = PAGE, offset = 0 } = {},
): Promise<Mapping> {
  const prot = canWrite(exporter) ? PROT_READ | PROT_WRITE : PROT_READ
  return mapShared(buffer, { length, offset, prot, flags: MAP_SHARED })
}

/** The DMA direction with the most access to the exporter's buffers. */
export const fullDirection = (exporter: Exporter): number =>
  exporter.deviceWrites === undefined ? IMPORTER_BIDIRECTIONAL : IMPORTER_TO_DEVICE

/** Writes the text into a writable buffer. @returns the text that the buffer starts with */
export async function mark(exporter: Exporter, buffer: Descriptor, text: string): Promise<string> {
  if (!canWrite(exporter)) return exporter.greeting
  const page = await mapShared(buffer)
  await page.write(`${text}\0`)
  await page.munmap()
  return text
}

/**
 * Writes each page's number into it, if the buffer is writable.
 *
 * @returns the text that each page starts with
 * @throws Error when all pages of a read-only exporter start alike
 */
export async function stamp(
  exporter: Exporter,
  sized: SizedExporter,
  buffer: Descriptor,
): Promise<readonly string[]> {
  if (canWrite(exporter)) {
    const pages = await mapShared(buffer, { length: sized.size })
    const texts = await stampPages(pages)
    await pages.munmap()
    return texts
  }
  const contents = contentsOf(exporter, sized)
  const texts = Array.from({ length: sized.pages }, (_, page) => {
    const bytes = contents.subarray(page * PAGE, (page + 1) * PAGE)
    return bytes.toString('utf8', 0, bytes.indexOf(0))
  })
  if (new Set(texts).size < texts.length)
    throw new Error('the adapter of a read-only exporter has to give each page a text of its own')
  return texts
}

/** Up to this many pages are checked one by one. */
const MANY = 16

/** Pairs of page and text: all, or of a large buffer only its ends and middle. */
export function ends(texts: readonly string[]): readonly (readonly [number, string])[] {
  const last = texts.length - 1
  const chosen = new Set([0, 1, Math.ceil(last / 2), last - 1, last])
  return [...texts.entries()].filter(([page]) => last < MANY || chosen.has(page))
}

/** Whether a test that writes does not apply; reports the reason. */
export function isReadOnly(t: Test, exporter: Exporter): boolean {
  if (canWrite(exporter)) return false
  t.plan(0, 'its buffers are read-only')
  return true
}

/** Whether a test that needs this many pages does not apply; reports the reason. */
export function isSmaller(t: Test, { pages }: SizedExporter, needed: number): boolean {
  if (pages >= needed) return false
  t.plan(0, `its buffers have ${pages} of the ${needed} pages that this takes`)
  return true
}

/** Whether a test that needs several buffers at once does not apply; reports the reason. */
export function isOneForAll(t: Test, exporter: Exporter): boolean {
  if (!exporter.oneBufferForAll) return false
  t.plan(0, 'it has one buffer for all')
  return true
}
