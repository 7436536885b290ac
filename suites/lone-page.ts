import { MAP_ANONYMOUS, MAP_PRIVATE, PROT_READ, PROT_WRITE, type Descriptor } from 'modprove'
import { PAGE } from './mappings.js'

/** A byte that no module stores. */
export const FILLING = 0xa5

/**
 * Calls an ioctl with its argument in a page between two holes: access beyond the page fails with
 * EFAULT, and stores within it are seen.
 *
 * @param at the argument's offset in the page, in bytes
 * @returns the result, the argument afterwards, and whether the rest of the page is unchanged
 */
export async function ioctlOnLonePage(
  device: Descriptor,
  command: number,
  argument: Buffer,
  at: number,
): Promise<{ readonly result: number; readonly argument: Buffer; readonly isRestKept: boolean }> {
  const user = device.process
  const pages = await user.mmap(null, {
    length: 3 * PAGE,
    prot: PROT_READ | PROT_WRITE,
    flags: MAP_PRIVATE | MAP_ANONYMOUS,
  })
  for (const offset of [0, 2 * PAGE]) await pages.munmap({ offset, length: PAGE })
  const page = user.mapping(pages.address + BigInt(PAGE), PAGE)
  await page.write(Buffer.alloc(PAGE, FILLING))
  await page.write(argument, at)
  const result = await device.ioctl(command, page.address + BigInt(at))
  const bytes = await page.read()
  await page.munmap()
  const answer = Buffer.from(bytes.subarray(at, at + argument.length))
  bytes.fill(FILLING, at, at + argument.length)
  return { result, argument: answer, isRestKept: bytes.equals(Buffer.alloc(PAGE, FILLING)) }
}

/** Offsets of an argument in a page: after a hole, in the middle, and before a hole. */
export const placesOf = (argument: Buffer): readonly number[] => [
  0,
  PAGE / 2 + 4,
  PAGE - argument.length,
]
