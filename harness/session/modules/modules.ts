import { modulePath } from '../../builder/image/guest-paths.js'
import { dependenciesOf, readModinfo } from '../../builder/modules/modinfo.js'
import { kernelName } from '../../contract/kernel-name.js'
import { O_RDONLY, O_NONBLOCK, SyscallError, type Guest, type Process } from '../../guest/index.js'
import { scaledHere } from '../../platform/waiting/deadlines.js'
import { harnessError } from '../../platform/errors.js'
import type { LoadedSection } from '../../verdict/index.js'
import type { MachineSetup } from '../job.js'
import { ignoredParameters, unknownParameter } from './ignored-parameters.js'
import { loadFailure, refusedLoad, wordsOf } from './load-failure.js'
import { KernelModules } from './kernel-modules.js'
import type { ModuleSpec } from '../../suite-api/module-spec.js'
import { isPermanent, unloadFailure } from './unload-failure.js'
import type { GuestModules } from '../../suite-api/test-guest.js'

/** Longer than an init or exit takes, whatever it waits for. */
const LOAD_MS = 45_000
const SECTIONS = [
  ...['.init.text', '.text', '.text.unlikely', '.exit.text'],
  ...['.rodata', '.data', '.bss'],
]

type ModulesSetup = Pick<MachineSetup, 'modules' | 'warnings' | 'parameters' | 'kernelModules'>

/** A try to load a module. */
export interface ModuleLoad {
  readonly module: string
  readonly ok: boolean
}

type ModulesGuest = Pick<Guest, 'readFile' | 'readBytes' | 'log'>

/**
 * Loads and unloads the payload's modules by system calls of one process, and remembers the
 * parameters of each.
 */
export class Modules implements GuestModules {
  readonly process: Process
  readonly built: readonly string[]
  readonly warnings: readonly string[]
  readonly #guest: ModulesGuest
  readonly #parameters: MachineSetup['parameters']
  readonly #loadedWith = new Map<string, string>()
  #loads: ModuleLoad[] = []
  /** Sequence numbers of records about ignored parameters, which `load` has reported. */
  readonly reportedRecords = new Set<number>()
  readonly #ofKernel: KernelModules
  /** By what is the same when a module is loaded to the same place again. */
  readonly #sections = new Map<string, LoadedSection>()

  constructor(
    process: Process,
    guest: ModulesGuest,
    { modules, warnings, parameters, kernelModules }: ModulesSetup,
  ) {
    this.#ofKernel = new KernelModules(kernelModules)
    this.process = process
    this.#guest = guest
    this.built = modules.map(({ name }) => name)
    this.warnings = warnings
    this.#parameters = parameters
  }

  parameters({ name, parameters }: ModuleSpec): string {
    return Object.entries({ ...this.#parameters[kernelName(name)], ...parameters })
      .map(([parameter, value]) => `${parameter}=${value}`)
      .join(' ')
  }

  path(name: string): string {
    const module = kernelName(name)
    return this.#ofKernel.path(module) ?? modulePath(module)
  }

  async info(name: string): Promise<ReadonlyMap<string, readonly string[]>> {
    return readModinfo(await this.#guest.readBytes(this.path(name)))
  }

  async load(module: ModuleSpec): Promise<void> {
    const name = kernelName(module.name)
    const load = (name: string) => this.load({ name })
    await this.#ofKernel.loadFor(name, load, () => this.loaded())
    const parameters = this.parameters(module)
    const mark = this.#guest.log.last
    const loader = this.process.within(scaledHere(LOAD_MS))
    const file = await loader.open(this.path(name), O_RDONLY)
    // At once: asked for behind a load that hangs, the close would wait as long again.
    const loading = loader.finitModule(file, parameters).then(
      () => this.#loads.push({ module: name, ok: true }),
      (error: unknown) => {
        this.#loads.push({ module: name, ok: false })
        throw error
      },
    )
    await Promise.all([loading, file.close()]).catch(async error => {
      if (!(error instanceof SyscallError)) throw error
      throw refusedLoad(error, this.path(name), await this.#wordsSince(mark))
    })
    this.#loadedWith.set(name, parameters)
    // Read now: a guest that hangs cannot be asked later.
    await this.#readSections(name)
    if (parameters !== '') await this.#refuseIgnored({ ...module, name }, mark)
  }

  /** What the kernel says of a load that failed. */
  async #wordsSince(mark: number): Promise<string[]> {
    const { log } = this.#guest
    await log.barrier()
    return wordsOf(log.since(mark))
  }

  /** Unloads a module if the kernel ignored some of its parameters. */
  async #refuseIgnored(module: ModuleSpec, mark: number): Promise<void> {
    const { log } = this.#guest
    await log.barrier()
    const ignored = ignoredParameters(module.name, log.since(mark))
    if (ignored.length === 0) return
    for (const { sequence } of ignored) this.reportedRecords.add(sequence)
    const ko = await this.#guest.readBytes(this.path(module.name))
    await this.unload(module.name)
    const names = ignored.map(({ parameter }) => parameter)
    throw unknownParameter(this.#asInsmod(module), names, ko)
  }

  /** Sections of all modules that were ever loaded, those loaded last first. */
  get sections(): readonly LoadedSection[] {
    return [...this.#sections.values()].reverse()
  }

  /** Loads since the last call. */
  takeLoads(): readonly ModuleLoad[] {
    const loads = this.#loads
    this.#loads = []
    return loads
  }

  async unload(name: string): Promise<void> {
    try {
      await this.process.within(scaledHere(LOAD_MS)).deleteModule(kernelName(name), O_NONBLOCK)
    } catch (error) {
      if (!(error instanceof SyscallError)) throw error
      throw unloadFailure(error, (await this.#lineOf(name)) ?? [])
    }
  }

  async loaded(): Promise<string[]> {
    const lines = await this.#lines()
    // /proc/modules lists the newest first.
    const names = lines.map(([name]) => name ?? '').reverse()
    return names.filter(name => !this.#ofKernel.isLoaded(name))
  }

  async references(name: string): Promise<number> {
    const line = await this.#lineOf(name)
    if (line === undefined) throw harnessError('MODULE_NOT_LOADED', `Module ${name} is not loaded.`)
    return Number(line[2])
  }

  /** Whether the {@link loaded} modules are these, in this order and with these parameters. */
  match(loaded: readonly string[], wanted: readonly ModuleSpec[]): boolean {
    const own = wanted
      .map(module => ({ ...module, name: kernelName(module.name) }))
      .filter(({ name }) => !this.#ofKernel.isLoaded(name))
    return (
      loaded.length === own.length &&
      own.every(
        (module, index) =>
          loaded[index] === module.name &&
          this.#loadedWith.get(module.name) === this.parameters(module),
      )
    )
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
    if (isPermanent((await this.#lineOf(name)) ?? [])) return false
    await this.unload(name)
    return true
  }

  async #require(module: ModuleSpec): Promise<void> {
    const mark = this.#guest.log.last
    try {
      await this.load(module)
    } catch (error) {
      if (!(error instanceof SyscallError)) throw error
      const { name } = module
      const [words, asked] = [await this.#wordsSince(mark), this.#asInsmod(module)]
      const failed = { name, asked, error, built: this.built, words, loaded: await this.loaded() }
      throw loadFailure({ ...failed, depends: await this.#dependenciesOf(name) })
    }
  }

  /** Of a module that may not be there. */
  async #dependenciesOf(name: string): Promise<string[]> {
    const ko = await this.#guest.readBytes(this.path(name)).catch(() => undefined)
    return ko === undefined ? [] : dependenciesOf(ko)
  }

  /** `ring npages=4` */
  #asInsmod(module: ModuleSpec): string {
    return `${module.name} ${this.parameters(module)}`.trim()
  }

  async #readSections(module: string): Promise<void> {
    const read = (section: string): Promise<string> =>
      this.#guest.readFile(`/sys/module/${module}/sections/${section}`).catch(() => '')
    const addresses = await Promise.all(SECTIONS.map(read))
    for (const [index, section] of SECTIONS.entries()) {
      const address = addresses[index]?.trim() ?? ''
      if (address === '') continue
      const key = `${module} ${section} ${address}`
      this.#sections.delete(key)
      this.#sections.set(key, { module, section, address: BigInt(address) })
    }
  }

  async #lineOf(name: string): Promise<string[] | undefined> {
    return (await this.#lines()).find(([module]) => module === kernelName(name))
  }

  async #lines(): Promise<string[][]> {
    const text = await this.#guest.readFile('/proc/modules')
    return [...text.matchAll(/^.+$/gm)].map(([line]) => line.split(' '))
  }
}
