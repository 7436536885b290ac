/* include/uapi/asm-generic/ioctl.h: direction(2) size(14) type(8) number(8). */
const NONE = 0
const WRITE = 1
const READ = 2

function encode(direction: number, type: string | number, number: number, size: number): number {
  const letter = typeof type === 'string' ? type.charCodeAt(0) : type
  if (!(size >= 0 && size < 1 << 14)) {
    throw new RangeError(`an ioctl's argument has 0 to 16383 bytes, not ${size}`)
  }
  return ((direction << 30) | (size << 16) | (letter << 8) | number) >>> 0
}

/** `_IO('b', 0)`: a command without an argument. `type` is one character, or its number. */
export const IO = (type: string | number, number: number): number => encode(NONE, type, number, 0)

/** `_IOR('b', 0, sizeof(struct …))`: the kernel writes the argument, user space reads it. */
export const IOR = (type: string | number, number: number, bytes: number): number =>
  encode(READ, type, number, bytes)

/** `_IOW('b', 0, sizeof(struct …))`: the kernel reads the argument. */
export const IOW = (type: string | number, number: number, bytes: number): number =>
  encode(WRITE, type, number, bytes)

/** `_IOWR('b', 0, sizeof(struct …))`: the kernel reads the argument and writes it. */
export const IOWR = (type: string | number, number: number, bytes: number): number =>
  encode(READ | WRITE, type, number, bytes)
