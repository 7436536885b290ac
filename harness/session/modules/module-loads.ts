import { kernelName } from '../../contract/kernel-name.js'
import {
  O_RDONLY,
  O_NONBLOCK,
  readProcModule,
  SyscallError,
  type Guest,
  type Process,
} from '../../guest/index.js'
import { firmwareAdvice } from '../../project/firmware-advice.js'
import { scaledHere } from '../../platform/waiting/deadlines.js'
import type { ModuleSpec } from '../../suite-api/module-spec.js'
import type { MachineSetup } from '../job.js'
import { SourceLines } from '../../verdict/index.js'
import { initAdvice } from './init-failure.js'
import { KnownSections } from './known-sections.js'
import { refusedFirmware, refusedLoad, refusedSignature, wordsOf } from './load-failure.js'
import { unloadFailure } from './unload-failure.js'
import { ignoredParameters, placesOf, refusedValues, unknownParameter } from './wrong-parameters.js'

/** Longer than an init or exit takes, whatever it waits for. */
const LOAD_MS = 45_000

/** A try to load a module. */
export interface ModuleLoad {
  readonly module: string
  readonly ok: boolean
  /** The body of a test was not run for it. */
  readonly isInTheWay?: true
}

export type ModulesGuest = Pick<Guest, 'readFile' | 'readBytes' | 'log'>

/**
 * Loads and unloads one module at a time by system calls of one process, and remembers of each load
 * its parameters, its result and its place in memory. {@link Modules} decides which are loaded.
 */
export class ModuleLoads {
  readonly sections: KnownSections
  /** Sequence numbers of records about ignored parameters, which `load` has reported. */
  readonly reportedRecords = new Set<number>()
  readonly #process: Process
  readonly #guest: ModulesGuest
  readonly #project: MachineSetup['project']
  readonly #firmware: MachineSetup['firmware']
  readonly #lines: SourceLines
  readonly #loadedWith = new Map<string, string>()
  #loads: ModuleLoad[] = []

  constructor(
    process: Process,
    guest: ModulesGuest,
    setup: Pick<MachineSetup, 'firmware' | 'project' | 'modules' | 'kernelModules'>,
  ) {
    this.#process = process
    this.#guest = guest
    this.#project = setup.project
    this.#firmware = setup.firmware
    this.#lines = new SourceLines(setup.modules)
    this.sections = new KnownSections(guest, setup)
  }

  /** As finit_module(2) takes them: `npages=4` */
  parameters({ name, parameters }: ModuleSpec): string {
    return Object.entries({ ...this.#project.parameters[kernelName(name)], ...parameters })
      .map(([parameter, value]) => `${parameter}=${value}`)
      .join(' ')
  }

  /** `ring npages=4` */
  asInsmod(module: ModuleSpec): string {
    return `${module.name} ${this.parameters(module)}`.trim()
  }

  /** Whether the last load of it had these parameters. */
  hadParametersOf(module: ModuleSpec): boolean {
    return this.#loadedWith.get(kernelName(module.name)) === this.parameters(module)
  }

  /** The file of a module's init function, if known. */
  async sourceOf(name: string): Promise<string | undefined> {
    return (await this.#lines.initOf(kernelName(name)))?.location?.file
  }

  /** Loads since the last call. */
  take(): readonly ModuleLoad[] {
    const loads = this.#loads
    this.#loads = []
    return loads
  }

  /**
   * @param path of its `.ko` in the guest
   * @throws SyscallError, with what the kernel logged; ModproveError `UNKNOWN_PARAMETER`
   */
  async load(module: ModuleSpec, path: string): Promise<void> {
    const name = kernelName(module.name)
    const parameters = this.parameters(module)
    const mark = this.#guest.log.last
    const loader = this.#process.within(scaledHere(LOAD_MS))
    const file = await loader.open(path, O_RDONLY)
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
      const words = await this.wordsSince(mark)
      throw refusedLoad(error, path, words, await this.advice(module, error, words))
    })
    this.#loadedWith.set(name, parameters)
    // Read now: a guest that hangs cannot be asked later.
    await this.sections.read(name)
    if (parameters !== '') await this.#refuseIgnored({ ...module, name }, path, mark)
  }

  /** @throws SyscallError, with the reason where /proc/modules has one */
  async unload(name: string): Promise<void> {
    try {
      await this.#process.within(scaledHere(LOAD_MS)).deleteModule(kernelName(name), O_NONBLOCK)
    } catch (error) {
      if (!(error instanceof SyscallError)) throw error
      throw unloadFailure(error, (await readProcModule(this.#guest, name)) ?? [])
    }
  }

  /** What the kernel says of a load that failed. @param mark the log's last record before it */
  async wordsSince(mark: number): Promise<string[]> {
    const { log } = this.#guest
    await log.barrier()
    return wordsOf(log.since(mark))
  }

  /**
   * What to do about a load that failed: a signature or firmware that is not there, parameters that
   * are wrong, an init function that fails.
   * @param words what the kernel logged of it
   */
  async advice(
    module: ModuleSpec,
    error: SyscallError,
    words: readonly string[],
  ): Promise<string[]> {
    const name = kernelName(module.name)
    const { named, missing } = this.#firmware
    // A kernel without CONFIG_FW_LOADER logs nothing.
    const files = new Set([...(missing[name] ?? []), ...refusedFirmware(words)])
    const firmware =
      files.size === 0 ? [] : [firmwareAdvice(name, [...files], named, this.#project)]
    const values = await refusedValues(this.#project, { ...module, name }, error, words)
    // The kernel looks for its name before init runs, and says nothing of it.
    if (error.code === 'EEXIST' && (await readProcModule(this.#guest, name)) !== undefined)
      return [`${name} is loaded already`]
    const init = initAdvice(error, words, await this.#lines.initOf(name))
    return [...refusedSignature(error, words), ...firmware, ...values, ...init]
  }

  /** Unloads a module if the kernel ignored some of its parameters. */
  async #refuseIgnored(module: ModuleSpec, path: string, mark: number): Promise<void> {
    const { log } = this.#guest
    await log.barrier()
    const ignored = ignoredParameters(module.name, log.since(mark))
    if (ignored.length === 0) return
    for (const { sequence } of ignored) this.reportedRecords.add(sequence)
    const ko = await this.#guest.readBytes(path)
    await this.unload(module.name)
    const names = ignored.map(({ parameter }) => parameter)
    const places = await placesOf(this.#project, module, names)
    throw unknownParameter(this.asInsmod(module), names, ko, places)
  }
}
