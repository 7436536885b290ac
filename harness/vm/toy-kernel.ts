/** What a test kernel of a few bytes does after printing its text on the serial port. */
export type ToyEnding = 'rests' | 'spins' | 'resets' | 'floods' | 'counts' | 'answers'

const LOADED_AT = 0x100000
const CODE_AT = 0x100
const TEXT_AT = 0x200

const word = (value: number): number[] => [0, 8, 16, 24].map(shift => (value >>> shift) & 0xff)
const half = (value: number): number[] => word(value).slice(0, 2)

/** 32-bit code, flat segments, no paging (xen/include/public/arch-x86/hvm/start_info.h). */
// prettier-ignore
const PRINT = [
  0xbe, ...word(LOADED_AT + TEXT_AT), // esi = text
  0xac, 0x84, 0xc0, 0x74, 0x14, // next: lodsb; test al, al; jz end
  0x88, 0xc4, 0x66, 0xba, 0xfd, 0x03, // ah = al; dx = line status
  0xec, 0xa8, 0x20, 0x74, 0xfb, // until the transmitter is empty
  0x88, 0xe0, 0x66, 0xba, 0xf8, 0x03, 0xee, 0xeb, 0xe7, // al = ah; dx = transmitter; out; jmp next
]

const COUNTER_AT = 0x500000
// prettier-ignore
const COUNT = [
  0xb9, ...word(0x1000000), 0xe2, 0xfe, // ecx = 2^24; until it is 0
  0xfe, 0x05, ...word(COUNTER_AT), 0x8a, 0x25, ...word(COUNTER_AT), // ah = ++counter
  0x80, 0xe4, 0x0f, 0x80, 0xc4, 0x61, // ah = 'a' + ah % 16
  0x66, 0xba, 0xfd, 0x03, 0xec, 0xa8, 0x20, 0x74, 0xfb, // until the transmitter is empty
  0x88, 0xe0, 0x66, 0xba, 0xf8, 0x03, 0xee, 0xb0, 0x0a, 0xee, // out: ah and a newline
]

// prettier-ignore
const ECHO = [
  0x66, 0xba, 0xfd, 0x03, 0xec, 0xa8, 0x01, 0x74, 0xfb, // until a character is there
  0x66, 0xba, 0xf8, 0x03, 0xec, 0xee, // in: al; out: al
  0x3c, 0x0a, 0x75, 0xed, // until it is a newline
]

const ENDINGS: Readonly<Record<ToyEnding, readonly number[]>> = {
  rests: [0xfa, 0xf4, 0xeb, 0xfd], // cli; hlt
  spins: [0xfa, 0xeb, 0xfe], // cli; jmp to itself
  // lidt of the zeros behind the ELF magic; int3 then triple faults, which resets the CPU
  resets: [0x0f, 0x01, 0x1d, ...word(LOADED_AT + 8), 0xcc],
  floods: [0xeb, 0xe0], // jmp to the start
  // a letter and a newline forever, from b on
  counts: [...COUNT, 0xeb, 0x100 - COUNT.length - 2],
  // a line of the console behind the text, which is then printed again
  answers: [...ECHO, 0xeb, 0x100 - PRINT.length - ECHO.length - 2],
}

/** An ELF file with a PVH entry (note "Xen", type 18). */
export function toyKernel(text: string, ending: ToyEnding): Buffer {
  const image = Buffer.alloc(TEXT_AT + Buffer.byteLength(text) + 1)
  const noteAt = 52 + 2 * 32
  const note = [...word(4), ...word(4), ...word(18), ...Buffer.from('Xen\0')]
  image.set([
    ...[0x7f, ...Buffer.from('ELF'), 1, 1, 1, 0, ...Buffer.alloc(8)],
    // executable, 386, version 1, entry, program headers at 52, no sections, no flags
    ...[...half(2), ...half(3), ...word(1), ...word(LOADED_AT + CODE_AT), ...word(52)],
    ...[...word(0), ...word(0), ...half(52), ...half(32), ...half(2), ...half(0), ...half(0)],
    ...half(0),
    ...segment(1, 0, image.length, 5),
    ...segment(4, noteAt, note.length + 4, 4),
    ...[...note, ...word(LOADED_AT + CODE_AT)],
  ])
  image.set([...PRINT, ...ENDINGS[ending]], CODE_AT)
  image.write(text, TEXT_AT)
  return image
}

function segment(type: number, offset: number, bytes: number, flags: number): number[] {
  const address = LOADED_AT + offset
  return [type, offset, address, address, bytes, bytes, flags, 4].flatMap(word)
}
