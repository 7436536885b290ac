import type { Guest } from '../../guest/index.js'
import type { LoadedSection } from '../../verdict/index.js'

const SECTIONS = [
  ...['.init.text', '.text', '.text.unlikely', '.exit.text'],
  ...['.rodata', '.data', '.bss'],
]

/** Where sections of modules are, or were, in a guest: addresses in the log are named by them. */
export class KnownSections {
  readonly #guest: Pick<Guest, 'readFile'>
  /** By what is the same when a module is loaded to the same place again. */
  readonly #all = new Map<string, LoadedSection>()

  constructor(guest: Pick<Guest, 'readFile'>) {
    this.#guest = guest
  }

  /** Of all modules that were ever loaded, those loaded last first. */
  get all(): readonly LoadedSection[] {
    return [...this.#all.values()].reverse()
  }

  /** Reads those of a module that is loaded, from /sys/module. */
  async read(module: string): Promise<void> {
    const read = (section: string): Promise<string> =>
      this.#guest.readFile(`/sys/module/${module}/sections/${section}`).catch(() => '')
    const addresses = await Promise.all(SECTIONS.map(read))
    for (const [index, section] of SECTIONS.entries()) {
      const address = addresses[index]?.trim() ?? ''
      if (address === '') continue
      const key = `${module} ${section} ${address}`
      this.#all.delete(key)
      this.#all.set(key, { module, section, address: BigInt(address) })
    }
  }
}
