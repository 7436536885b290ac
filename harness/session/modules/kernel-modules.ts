import { kernelModulePath } from '../../builder/image/guest-paths.js'
import type { ShippedModule } from '../../builder/index.js'

/** Modules of the kernel's own in a guest, and which of them were loaded for others. */
export class KernelModules {
  readonly #all: ReadonlyMap<string, ShippedModule>
  readonly #atBoot: ReadonlySet<string>
  readonly #loaded = new Set<string>()

  /**
   * @param all in an order in which they load
   * @param atBoot names of the machine's drivers, which init has loaded
   */
  constructor(all: readonly ShippedModule[], atBoot: readonly string[]) {
    this.#atBoot = new Set(atBoot)
    this.#all = new Map(all.map(module => [module.name, module]))
  }

  /** Path in the guest; undefined if it is not one of them. */
  path(name: string): string | undefined {
    return this.#all.has(name) ? kernelModulePath(name) : undefined
  }

  /** Whether it was loaded for others, and no suite has to know of it. */
  isLoaded = (name: string): boolean => this.#loaded.has(name) || this.#atBoot.has(name)

  /** Loads, in order, what the project's modules need. */
  async loadNeeded(load: (name: string) => Promise<void>): Promise<void> {
    for (const { name, isNeeded } of this.#all.values()) if (isNeeded) await this.#load(name, load)
  }

  /** Loads what one of them needs. @param loaded asks for what suites have loaded */
  async loadFor(
    name: string,
    load: (name: string) => Promise<void>,
    loaded: () => Promise<readonly string[]>,
  ): Promise<void> {
    for (const needed of this.#all.get(name)?.depends ?? []) {
      if (!this.#all.has(needed) || this.#loaded.has(needed)) continue
      if ((await loaded()).includes(needed)) continue
      await this.loadFor(needed, load, loaded)
      await this.#load(needed, load)
    }
  }

  /**
   * Unloads what was loaded for others, the last one first.
   * @param which all, or only what no module of the project needs
   * @param unload returns whether it is unloaded
   */
  async unload(
    which: 'all' | 'unneeded',
    unload: (name: string) => Promise<boolean>,
  ): Promise<void> {
    for (const name of [...this.#loaded].reverse()) {
      if (which === 'unneeded' && this.#all.get(name)?.isNeeded === true) continue
      if (await unload(name)) this.#loaded.delete(name)
    }
  }

  async #load(name: string, load: (name: string) => Promise<void>): Promise<void> {
    if (this.#loaded.has(name)) return
    await load(name)
    this.#loaded.add(name)
  }
}
