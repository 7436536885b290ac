import { readFile, realpath } from 'node:fs/promises'
import { harnessError } from '../../platform/errors.js'
import { script } from '../../platform/process/script.js'

/**
 * Finds a program's shared libraries, including its loader.
 * @returns path that the program looks for → file on this host
 * @throws ModproveError `MISSING_LIBRARY`
 */
export async function librariesOf(program: string): Promise<ReadonlyMap<string, string>> {
  if (!(await isDynamic(program))) return new Map()
  const { stdout } = await script()`ldd ${program}`
  const libraries = new Map<string, string>()
  for (const line of stdout.split('\n')) {
    const missing = /^\s*(\S+) => not found/.exec(line)?.[1]
    if (missing !== undefined) {
      throw harnessError('MISSING_LIBRARY', `${program} needs ${missing}, which is missing`, {
        remedy: 'Install the package that holds it, or reinstall the program',
      })
    }
    const path = /(?:=> )?(\/\S+) \(0x/.exec(line)?.[1]
    if (path !== undefined) libraries.set(path, await realpath(path))
  }
  return libraries
}

/** The first bytes of an ELF file of 64 bit. */
const ELF = Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2])

/** Whether a file is ELF and names an interpreter (program header PT_INTERP of elf(5), 64 bit). */
async function isDynamic(program: string): Promise<boolean> {
  const elf = await readFile(program)
  if (!elf.subarray(0, ELF.length).equals(ELF)) return false
  const offset = Number(elf.readBigUInt64LE(32))
  const [size, count] = [elf.readUInt16LE(54), elf.readUInt16LE(56)]
  for (let i = 0; i < count; i++) if (elf.readUInt32LE(offset + i * size) === 3) return true
  return false
}
