import { readFile } from 'node:fs/promises'
import { elfSections } from '../../builder/modules/elf-sections.js'
import type { Guest } from '../../guest/index.js'
import type { LoadedSection } from '../../verdict/index.js'
import type { MachineSetup } from '../job.js'

const SECTIONS = [
  ...['.init.text', '.text', '.text.unlikely', '.exit.text'],
  ...['.rodata', '.rodata.str1.1', '.rodata.str1.8'],
  ...['.data', '.data..read_mostly', '.data..ro_after_init', '.bss'],
]

type Sizes = ReadonlyMap<string, { readonly size: number }>

/** Where sections of modules are, or were, in a guest: addresses in the log are named by them. */
export class KnownSections {
  readonly #guest: Pick<Guest, 'readFile'>
  /** Each module's object on the host. */
  readonly #objects: ReadonlyMap<string, string | undefined>
  readonly #sizes = new Map<string, Promise<Sizes>>()
  /** By what is the same when a module is loaded to the same place again. */
  readonly #all = new Map<string, LoadedSection>()

  constructor(
    guest: Pick<Guest, 'readFile'>,
    { modules, kernelModules }: Pick<MachineSetup, 'modules' | 'kernelModules'>,
  ) {
    this.#guest = guest
    this.#objects = new Map([
      ...modules.map(({ name, debugKo }) => [name, debugKo] as const),
      ...kernelModules.map(({ name, file }) => [name, file] as const),
    ])
  }

  /** Of all modules that were ever loaded, those loaded last first. */
  get all(): readonly LoadedSection[] {
    return [...this.#all.values()].reverse()
  }

  /** Reads those of a module that is loaded, from /sys/module. */
  async read(module: string): Promise<void> {
    const read = (section: string): Promise<string> =>
      this.#guest.readFile(`/sys/module/${module}/sections/${section}`).catch(() => '')
    const [sizes, ...addresses] = await Promise.all([this.#sizesOf(module), ...SECTIONS.map(read)])
    for (const [index, section] of SECTIONS.entries()) {
      const address = addresses[index]?.trim() ?? ''
      const size = sizes.get(section)?.size ?? 0
      if (address === '' || size === 0) continue
      const key = `${module} ${section} ${address}`
      this.#all.delete(key)
      this.#all.set(key, { module, section, address: BigInt(address), size })
    }
  }

  /** The kernel shows where sections begin, and not where they end. */
  #sizesOf(module: string): Promise<Sizes> {
    const known = this.#sizes.get(module)
    if (known !== undefined) return known
    const object = this.#objects.get(module) ?? ''
    // Addresses in a module whose object is gone have no names either.
    const sizes = readFile(object).then(elfSections, () => new Map())
    this.#sizes.set(module, sizes)
    return sizes
  }
}
