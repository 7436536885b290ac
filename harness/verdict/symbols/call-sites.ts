import type { SectionAddress } from './object-symbols.js'

/** A section of `objdump -d`. */
const SECTION = /^Disassembly of section (\S+):$/
/** `bd0:	call   2f3 <f>`: within a section the assembler knows the function's place. */
const CALL = /^\s*([0-9a-f]+):\s+(?:call|jmp)q?\s+([0-9a-f]+) <[^+>]+>$/
/** `31e: R_X86_64_PLT32	.text+0x2ef`: from another section, with the address of the operand. */
const RELOCATED = /^\s*([0-9a-f]+): R_X86_64_P(?:LT|C)32\s+(\.[\w.]+)\+0x([0-9a-f]+)$/
/** What such an operand is relative to: the next instruction. */
const OPERAND_BYTES = 4

/**
 * Where a function of an object is called.
 * @param lines output of `objdump -dr --no-show-raw-insn`
 * @param callee where the function begins
 * @returns an address in each call
 */
export function callSites(lines: readonly string[], callee: SectionAddress): SectionAddress[] {
  const sites: SectionAddress[] = []
  let section = ''
  for (const line of lines) {
    section = SECTION.exec(line)?.[1] ?? section
    const [, near, target] = CALL.exec(line) ?? []
    const [, far, other, offset] = RELOCATED.exec(line) ?? []
    if (near !== undefined && section === callee.section && parse(target) === callee.address)
      sites.push({ section, address: parse(near) })
    if (
      far !== undefined &&
      other === callee.section &&
      parse(offset) + OPERAND_BYTES === callee.address
    )
      sites.push({ section, address: parse(far) })
  }
  return sites
}

const parse = (digits = ''): number => parseInt(digits, 16)
