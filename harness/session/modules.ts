import { O_RDONLY, O_NONBLOCK, SyscallError, type Guest, type Process } from '../guest/index.js'
import { harnessError } from '../platform/errors.js'
import type { LoadedSection } from '../verdict/index.js'
import { ignoredParameters, unknownParameter } from './ignored-parameters.js'
import { loadFailure } from './load-failure.js'
import type { ModuleSpec } from '../suite-api/module-spec.js'
import type { GuestModules } from '../suite-api/test-guest.js'

const FOLDER = '/lib/modprove'
const CODE_SECTIONS = ['.init.text', '.text', '.text.unlikely', '.exit.text']

/** `{ npages: 4 }` → `npages=4`, as init_module(2) takes them. */
const parameterText = (module: ModuleSpec): string =>
  Object.entries(module.parameters ?? {})
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')

/** `ring npages=4` */
const asInsmod = (module: ModuleSpec): string =>
  [module.name, parameterText(module)].join(' ').trim()

type ModulesGuest = Pick<Guest, 'readFile' | 'readBytes' | 'log'>

/**
 * Loads and unloads the payload's modules by system calls of one process, and remembers the
 * parameters of each.
 */
export class Modules implements GuestModules {
  readonly process: Process
  readonly #guest: ModulesGuest
  readonly #built: readonly { readonly name: string }[]
  readonly #loadedWith = new Map<string, string>()
  /** Sequence numbers of records about ignored parameters, which `load` has reported. */
  readonly reportedRecords = new Set<number>()
  /** By what is the same when a module is loaded to the same place again. */
  readonly #sections = new Map<string, LoadedSection>()

  /** @param built names of those that were built */
  constructor(process: Process, guest: ModulesGuest, built: readonly { readonly name: string }[]) {
    this.process = process
    this.#guest = guest
    this.#built = built
  }

  path(name: string): string {
    return `${FOLDER}/${name}.ko`
  }

  async load(module: ModuleSpec): Promise<void> {
    const mark = this.#guest.log.last
    {
      await using file = await this.process.open(this.path(module.name), O_RDONLY)
      await this.process.finitModule(file, parameterText(module))
    }
    this.#loadedWith.set(module.name, parameterText(module))
    // Read now: a guest that hangs cannot be asked later.
    await this.#readSections(module.name)
    if (parameterText(module) !== '') await this.#refuseIgnored(module, mark)
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
    throw unknownParameter(asInsmod(module), names, ko)
  }

  /** Code sections of all modules that were ever loaded, those loaded last first. */
  get sections(): readonly LoadedSection[] {
    return [...this.#sections.values()].reverse()
  }

  async unload(name: string): Promise<void> {
    await this.process.deleteModule(name, O_NONBLOCK)
  }

  async loaded(): Promise<string[]> {
    const lines = await this.#lines()
    // /proc/modules lists the newest first.
    return lines.map(([name]) => name ?? '').reverse()
  }

  async references(name: string): Promise<number> {
    const line = (await this.#lines()).find(([module]) => module === name)
    if (line === undefined) throw harnessError('MODULE_NOT_LOADED', `Module ${name} is not loaded.`)
    return Number(line[2])
  }

  /** Whether the {@link loaded} modules are these, in this order and with these parameters. */
  match(loaded: readonly string[], wanted: readonly ModuleSpec[]): boolean {
    return (
      loaded.length === wanted.length &&
      wanted.every(
        (module, index) =>
          loaded[index] === module.name &&
          this.#loadedWith.get(module.name) === parameterText(module),
      )
    )
  }

  /** Unloads all modules, and loads these. @throws ModproveError `MODULE_DOES_NOT_LOAD` */
  async replace(wanted: readonly ModuleSpec[]): Promise<void> {
    for (const name of (await this.loaded()).reverse()) await this.unload(name)
    for (const module of wanted) await this.#require(module)
  }

  async #require(module: ModuleSpec): Promise<void> {
    const { log } = this.#guest
    const mark = log.last
    try {
      await this.load(module)
    } catch (error) {
      if (!(error instanceof SyscallError)) throw error
      await log.barrier()
      const [logged, asked] = [log.since(mark), asInsmod(module)]
      throw loadFailure({ name: module.name, asked, error, built: this.#built, logged })
    }
  }

  async #readSections(module: string): Promise<void> {
    const read = (section: string): Promise<string> =>
      this.#guest.readFile(`/sys/module/${module}/sections/${section}`).catch(() => '')
    const addresses = await Promise.all(CODE_SECTIONS.map(read))
    for (const [index, section] of CODE_SECTIONS.entries()) {
      const address = addresses[index]?.trim() ?? ''
      if (address === '') continue
      const key = `${module} ${section} ${address}`
      this.#sections.delete(key)
      this.#sections.set(key, { module, section, address: BigInt(address) })
    }
  }

  async #lines(): Promise<string[][]> {
    const text = await this.#guest.readFile('/proc/modules')
    return [...text.matchAll(/^.+$/gm)].map(([line]) => line.split(' '))
  }
}
