import { modulePath } from '../../builder/image/guest-paths.js'
import { dependenciesOf, readModinfo } from '../../builder/modules/modinfo.js'
import { kernelName } from '../../contract/kernel-name.js'
import { readProcModule, readProcModules, SyscallError, type Process } from '../../guest/index.js'
import { harnessError, usageError } from '../../platform/errors.js'
import { MODULE, type ModuleSpec } from '../../suite-api/module-spec.js'
import type { GuestModules } from '../../suite-api/test-guest.js'
import type { LoadedSection } from '../../verdict/index.js'
import type { MachineSetup } from '../job.js'
import { KernelModules } from './kernel-modules.js'
import { loadFailure, notBuilt } from './load-failure.js'
import { ModuleLoads, type ModuleLoad, type ModulesGuest } from './module-loads.js'
import { isPermanent } from './unload-failure.js'

type ModulesSetup = Pick<
  MachineSetup,
  'modules' | 'warnings' | 'firmware' | 'project' | 'kernelModules' | 'atBoot'
>

/**
 * Which modules are loaded in a guest: those that a suite asks for, and those of the kernel's own
 * that they need. {@link ModuleLoads} does each load.
 */
export class Modules implements GuestModules {
  readonly process: Process
  readonly built: readonly string[]
  readonly warnings: readonly string[]
  readonly #guest: ModulesGuest
  readonly #loads: ModuleLoads
  readonly #ofKernel: KernelModules

  constructor(process: Process, guest: ModulesGuest, setup: ModulesSetup) {
    this.#ofKernel = new KernelModules(setup.kernelModules, setup.atBoot)
    this.#loads = new ModuleLoads(process, guest, setup)
    this.process = process
    this.#guest = guest
    this.built = setup.modules.map(({ name }) => name)
    this.warnings = setup.warnings
  }

  /** Sections of all modules that were ever loaded, those loaded last first. */
  get sections(): readonly LoadedSection[] {
    return this.#loads.sections.all
  }

  /** Sequence numbers of log records about ignored parameters, which `load` has reported. */
  get reportedRecords(): ReadonlySet<number> {
    return this.#loads.reportedRecords
  }

  /** Loads since the last call. */
  takeLoads(): readonly ModuleLoad[] {
    return this.#loads.take()
  }

  parameters(module: ModuleSpec): string {
    return this.#loads.parameters(module)
  }

  path(name: string): string {
    const module = kernelName(name)
    return this.#ofKernel.path(module) ?? modulePath(module)
  }

  async info(name: string): Promise<ReadonlyMap<string, readonly string[]>> {
    return readModinfo(await this.#guest.readBytes(this.path(name)))
  }

  sourceOf(name: string): Promise<string | undefined> {
    return this.#loads.sourceOf(name)
  }

  async load(module: ModuleSpec): Promise<void> {
    // Suites are not type-checked when they run.
    if (typeof (module as Partial<ModuleSpec> | undefined)?.name !== 'string')
      throw usageError('SUITE_OPTIONS', `guest.modules.load() takes ${MODULE}`, {
        remedy: 'Correct the call',
      })
    const name = kernelName(module.name)
    if (!this.built.includes(name) && this.#ofKernel.path(name) === undefined)
      throw notBuilt(module.name, this.built)
    const load = (name: string) => this.load({ name })
    await this.#ofKernel.loadFor(name, load, () => this.loaded())
    await this.#loads.load(module, this.path(module.name))
  }

  unload(name: string): Promise<void> {
    return this.#loads.unload(name)
  }

  async loaded(): Promise<string[]> {
    const lines = await readProcModules(this.#guest)
    // /proc/modules lists the newest first.
    const names = lines.map(([name]) => name ?? '').reverse()
    return names.filter(name => !this.#ofKernel.isLoaded(name))
  }

  async references(name: string): Promise<number> {
    const line = await readProcModule(this.#guest, name)
    if (line === undefined) throw harnessError('MODULE_NOT_LOADED', `Module ${name} is not loaded.`)
    return Number(line[2])
  }

  /** Whether the {@link loaded} modules are these, in this order and with these parameters. */
  match(loaded: readonly string[], wanted: readonly ModuleSpec[]): boolean {
    const own = wanted.filter(({ name }) => !this.#ofKernel.isLoaded(kernelName(name)))
    const isThere = (module: ModuleSpec, index: number): boolean =>
      loaded[index] === kernelName(module.name) && this.#loads.hadParametersOf(module)
    return loaded.length === own.length && own.every(isThere)
  }

  /** Unloads all modules, and loads these. @throws ModproveError `MODULE_DOES_NOT_LOAD` */
  async replace(wanted: readonly ModuleSpec[]): Promise<void> {
    for (const name of (await this.loaded()).reverse()) await this.unload(name)
    await this.#ofKernel.unload('unneeded', this.#unloadOfKernel)
    for (const module of wanted)
      if (!this.#ofKernel.isLoaded(kernelName(module.name))) await this.#require(module)
  }

  /** Loads what the project's modules need of the kernel's own. @throws as {@link replace} */
  async loadNeeded(): Promise<void> {
    await this.#ofKernel.loadNeeded(name => this.#require({ name }))
  }

  /** Unloads all of the kernel's own modules. @throws SyscallError if one is in use */
  async unloadNeeded(): Promise<void> {
    await this.#ofKernel.unload('all', this.#unloadOfKernel)
  }

  /** Unloads one of the kernel's own. @returns whether it can be: `bsg` has no exit function */
  #unloadOfKernel = async (name: string): Promise<boolean> => {
    if (isPermanent((await readProcModule(this.#guest, name)) ?? [])) return false
    await this.unload(name)
    return true
  }

  /** Loads a module; that it does not load is an error with advice. */
  async #require(module: ModuleSpec): Promise<void> {
    const mark = this.#guest.log.last
    try {
      await this.load(module)
    } catch (error) {
      if (!(error instanceof SyscallError)) throw error
      const { name } = module
      const [words, asked] = [await this.#loads.wordsSince(mark), this.#loads.asInsmod(module)]
      const failed = { name, asked, error, built: this.built, words, loaded: await this.loaded() }
      const advice = await this.#loads.advice(module, error, words)
      throw loadFailure({ ...failed, advice, depends: await this.#dependenciesOf(name) })
    }
  }

  /** Of a module that may not be there. */
  async #dependenciesOf(name: string): Promise<string[]> {
    const ko = await this.#guest.readBytes(this.path(name)).catch(() => undefined)
    return ko === undefined ? [] : dependenciesOf(ko)
  }
}
