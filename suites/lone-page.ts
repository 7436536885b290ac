import { MAP_ANONYMOUS, MAP_PRIVATE, PROT_READ, PROT_WRITE, type Descriptor } from 'modprove'
import { PAGE } from './mappings.js'

/** What no module stores. */
export const FILLING = 0xa5

/**
 * Makes an ioctl whose argument lies in a page with a hole on either side: what is taken or stored beyond the page is
 * EFAULT, and what is stored within it shows.
 *
 * @param at where in the page the argument begins, in bytes
 * @returns the call's result, the argument as it is by then, and whether every other byte of the page is as it was
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

/** Where an argument can lie in a page: after a hole, somewhere, and before a hole. */
export const placesOf = (argument: Buffer): readonly number[] => [
  0,
  PAGE / 2 + 4,
  PAGE - argument.length,
]
