import {
  MAP_SHARED,
  MFD_CLOEXEC,
  PROT_READ,
  PROT_WRITE,
  type Descriptor,
  type Mapping,
} from 'modprove'

/** In bytes. */
export const PAGE = 4096

/** A shared read-write mapping of the first page by default. */
export function mapShared(
  file: Descriptor,
  { length = PAGE, offset = 0, prot = PROT_READ | PROT_WRITE, flags = MAP_SHARED } = {},
): Promise<Mapping> {
  return file.mmap({ length, offset, prot, flags })
}

/** A read-only mapping of the first page. */
export function mapToRead(file: Descriptor): Promise<Mapping> {
  return mapShared(file, { prot: PROT_READ })
}

/** Writes `page 0`, `page 1`, … at the start of each page. @returns these texts */
export async function stampPages(mapping: Mapping): Promise<readonly string[]> {
  const count = Math.ceil(mapping.length / PAGE)
  const texts = Array.from({ length: count }, (_, page) => `page ${page}`)
  await Promise.all(texts.map((text, page) => mapping.write(`${text}\0`, page * PAGE)))
  return texts
}

/** The text at the start of each page, up to a NUL. */
export function pageTexts(mapping: Mapping): Promise<string[]> {
  const count = Math.ceil(mapping.length / PAGE)
  const read = async (page: number) => {
    const bytes = await mapping.read(page * PAGE, LONGEST_TEXT)
    return bytes.toString('utf8', 0, bytes.indexOf(0))
  }
  return Promise.all(Array.from({ length: count }, (_, page) => read(page)))
}

/** In bytes, with its NUL. */
const LONGEST_TEXT = 32

/** VmFlags of /proc/PID/smaps: `rd`, `wr`, `sh`, … */
async function vmFlags(mapping: Mapping): Promise<string[]> {
  const smaps = await mapping.process.readFile('/proc/self/smaps')
  const start = smaps.indexOf(`${mapping.address.toString(16)}-`)
  const [, flags = ''] = /^VmFlags: (.*)$/m.exec(smaps.slice(start)) ?? []
  return flags.trim().split(' ')
}

/** The VmFlags that show how a shared mapping is made. @throws Error when it is not shared */
export async function kindFlags(mapping: Mapping): Promise<string[]> {
  const flags = await vmFlags(mapping)
  // Not `sh`: a shared mapping of a read-only file has just `ms` (mm/mmap.c, do_mmap()).
  if (!flags.includes('ms')) throw new Error(`not shared: ${flags.join(' ')}`)
  return ['io', 'pf', 'de', 'dd'].filter(flag => flags.includes(flag))
}

/** The bytes that write(2) copies from a mapping. */
export async function writtenFrom(mapping: Mapping): Promise<Buffer> {
  const user = mapping.process
  await using file = await user.memfdCreate('copy', MFD_CLOEXEC)
  const written = await user.syscall('write', file, mapping.address, mapping.length)
  return file.pread(Number(written), 0)
}
