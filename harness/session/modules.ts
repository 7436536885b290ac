import { readModinfo } from '../builder/modinfo.js'
import { O_RDONLY, O_NONBLOCK, SyscallError, type Guest, type Process } from '../guest/index.js'
import { failureError, harnessError } from '../platform/errors.js'
import type { LoadedSection } from '../verdict/index.js'
import type { MachineSetup } from './job.js'
import { ignoredParameters, unknownParameter } from './ignored-parameters.js'
import type { ModuleSpec } from '../suite-api/module-spec.js'
import type { GuestModules } from '../suite-api/test-guest.js'

const FOLDER = '/lib/modprove'
const CODE_SECTIONS = ['.text', '.text.unlikely', '.exit.text']

/** `ENOEXEC`, with its description. */
const describeErrno = (error: SyscallError): string => error.message.replace(/^.*?\): /, '')

/**
 * Loads and unloads the payload's modules by system calls of one process, and remembers the
 * parameters of each.
 */
export class Modules implements GuestModules {
  readonly process: Process
  readonly built: readonly string[]
  readonly warnings: readonly string[]
  readonly #guest: Pick<Guest, 'readFile' | 'readBytes' | 'log'>
  readonly #parameters: MachineSetup['parameters']
  readonly #loadedWith = new Map<string, string>()
  /** Sequence numbers of records about ignored parameters, which `load` has reported. */
  readonly reportedRecords = new Set<number>()
  readonly #sections = new Map<string, readonly LoadedSection[]>()

  constructor(
    process: Process,
    guest: Pick<Guest, 'readFile' | 'readBytes' | 'log'>,
    { modules, warnings, parameters }: Pick<MachineSetup, 'modules' | 'warnings' | 'parameters'>,
  ) {
    this.process = process
    this.#guest = guest
    this.built = modules.map(({ name }) => name)
    this.warnings = warnings
    this.#parameters = parameters
  }

  parameters({ name, parameters }: ModuleSpec): string {
    return Object.entries({ ...this.#parameters[name], ...parameters })
      .map(([parameter, value]) => `${parameter}=${value}`)
      .join(' ')
  }

  path(name: string): string {
    return `${FOLDER}/${name}.ko`
  }

  async info(name: string): Promise<ReadonlyMap<string, readonly string[]>> {
    return readModinfo(await this.#guest.readBytes(this.path(name)))
  }

  async load(module: ModuleSpec): Promise<void> {
    const parameters = this.parameters(module)
    const mark = this.#guest.log.last
    {
      await using file = await this.process.open(this.path(module.name), O_RDONLY)
      await this.process.finitModule(file, parameters)
    }
    this.#loadedWith.set(module.name, parameters)
    // Read now: a guest that hangs cannot be asked later.
    this.#sections.set(module.name, await this.#readSections(module.name))
    if (parameters !== '') await this.#refuseIgnored(module, mark)
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

  /** Code sections of the modules loaded last under each name. */
  get sections(): readonly LoadedSection[] {
    return [...this.#sections.values()].flat()
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
          this.#loadedWith.get(module.name) === this.parameters(module),
      )
    )
  }

  /** Unloads all modules, and loads these. */
  async replace(wanted: readonly ModuleSpec[]): Promise<void> {
    for (const name of (await this.loaded()).reverse()) await this.unload(name)
    for (const module of wanted) {
      await this.load(module).catch((error: unknown) => {
        if (!(error instanceof SyscallError)) throw error
        const what = `insmod ${this.#asInsmod(module)} fails: ${describeErrno(error)}`
        throw failureError('MODULE_DOES_NOT_LOAD', what, { cause: error })
      })
    }
  }

  /** `ring npages=4` */
  #asInsmod(module: ModuleSpec): string {
    return `${module.name} ${this.parameters(module)}`.trim()
  }

  async #readSections(module: string): Promise<LoadedSection[]> {
    const found: LoadedSection[] = []
    for (const section of CODE_SECTIONS) {
      const file = `/sys/module/${module}/sections/${section}`
      const text = await this.#guest.readFile(file).catch(() => '')
      if (text !== '') found.push({ module, section, address: BigInt(text.trim()) })
    }
    return found
  }

  async #lines(): Promise<string[][]> {
    const text = await this.#guest.readFile('/proc/modules')
    return [...text.matchAll(/^.+$/gm)].map(([line]) => line.split(' '))
  }
}
