import type { Finding, Frame, ModuleSource, SourceLocation, StackRole } from '../finding.js'
import { DebugObject, type ObjectPlace } from '../reader/debug-object.js'
import { frameOf, parseFaultLine, parseTraceLine, plainName, telling } from './frames.js'
import { locate } from './module-source.js'
import type { SectionAddress } from './object-symbols.js'
import { findPrintk } from './printk-format.js'
import { stableTitle } from '../reader/title.js'

/** Places of an instruction, innermost inlined function first; or why there are none. */
type Lookup = readonly ObjectPlace[] | string

/** An address in a loaded module's section. */
export interface ModuleAddress extends SectionAddress {
  readonly module: string
}

const STACK_ORDER = ['freed', 'allocated', 'mapped', 'queued', 'held', 'other'] as const

/**
 * Finds source lines for the tested modules' frames and adds frames for inlined functions. Use one
 * for each set of module objects: symbols and places are cached. If tools or DWARF are missing,
 * frames have no location, and the finding has the reason.
 */
export class Symbolizer {
  readonly #modules: ReadonlyMap<string, ModuleSource>
  readonly #objects = new Map<string, DebugObject>()
  readonly #known = new Map<string, Lookup>()
  readonly #signal: AbortSignal | undefined

  /** @param signal stops running tools; frames are then left unchanged */
  constructor(modules: readonly ModuleSource[], signal?: AbortSignal) {
    this.#signal = signal
    this.#modules = new Map(modules.map(module => [module.name, module]))
  }

  async symbolize(findings: readonly Finding[]): Promise<Finding[]> {
    await this.#lookUpAll(
      findings.flatMap(({ frames, related }) => [
        ...frames,
        ...related.flatMap(stack => stack.frames),
      ]),
    )
    const placed = findings.map(finding => this.#withPlaces(finding))
    return Promise.all(
      placed.map(async finding => this.#withPrintk(await this.#withUnloaded(finding))),
    )
  }

  /** Names the function of an unloaded module that a report is about. */
  async #withUnloaded(finding: Finding): Promise<Finding> {
    const { unloaded } = finding
    if (unloaded === undefined) return finding
    const frame = await this.frameAt(unloaded, true)
    if (frame === undefined) return finding
    const location = finding.location ?? (await this.locationOf(frame))
    return { ...finding, location, unloaded: { ...unloaded, function: frame.function } }
  }

  /** What has no stack may be a module's own printk, in the kernel's words. */
  async #withPrintk(finding: Finding): Promise<Finding> {
    const { frames, related, location, isBare, isBesideLog, text, follows } = finding
    if (frames.length > 0 || related.length > 0 || location !== undefined || isBesideLog)
      return finding
    const [said = ''] = text.split('\n', 1)
    for (const { root, sources } of this.#modules.values()) {
      const location = root === undefined ? undefined : await findPrintk(root, sources, said)
      if (location !== undefined)
        return { ...finding, isPrintk: true, title: stableTitle(said), location }
    }
    if (!isBare || follows !== undefined) return finding
    return {
      ...finding,
      locationReason: 'printed without a trace: it may be a message of a driver',
    }
  }

  /** The frame of an address in a tested module: a running instruction or a return address. */
  async frameAt(
    { module: name, section, address }: ModuleAddress,
    exact: boolean,
  ): Promise<Frame | undefined> {
    const module = this.#modules.get(name)
    const object = module && this.#objectOf(module)
    const found = await object?.functionAt({ section, address: exact ? address : address - 1 })
    if (found === undefined) return undefined
    const offset = exact ? found.offset : found.offset + 1
    return { ...frameOf({ ...found, offset }, exact), module: name }
  }

  /** The line of a frame, or of what is inlined there. */
  async locationOf(frame: Frame): Promise<SourceLocation | undefined> {
    await this.#lookUpAll([frame])
    return this.#expand(frame).find(({ location }) => location)?.location
  }

  /** Appends source lines to the frames of tested modules in a text. */
  async annotate(text: string): Promise<string> {
    const lines = text.split('\n')
    const frames = lines.map(line => parseFaultLine(line) ?? parseTraceLine(line))
    await this.#lookUpAll(frames.filter(frame => frame !== undefined))
    return lines
      .map((line, index) => {
        const frame = frames[index]
        const at = frame && this.#expand(frame).find(({ location }) => location)?.location
        return at === undefined ? line : `${line} ${at.file}:${at.line}`
      })
      .join('\n')
  }

  #objectOf(module: ModuleSource): DebugObject | undefined {
    if (module.debugKo === undefined) return undefined
    const object = this.#objects.get(module.name) ?? new DebugObject(module.debugKo, this.#signal)
    this.#objects.set(module.name, object)
    return object
  }

  async #lookUpAll(frames: readonly Frame[]): Promise<void> {
    const open = frames.filter(frame => !this.#known.has(keyOf(frame)))
    for (const module of this.#modules.values()) {
      const own = open.filter(frame => frame.module === module.name)
      const wanted = [...new Map(own.map(frame => [keyOf(frame), frame])).values()]
      if (wanted.length === 0) continue
      const none = `there is no object of ${module.name} with debug information`
      const object = this.#objectOf(module)
      const found = object ? await object.lookUp(wanted) : wanted.map(() => none)
      for (const [index, frame] of wanted.entries()) {
        const lookup = found[index]
        if (lookup !== undefined) this.#known.set(keyOf(frame), lookup)
      }
    }
  }

  #withPlaces(finding: Finding): Finding {
    const frames = finding.frames.flatMap(frame => this.#expand(frame))
    const related = finding.related.map(stack => ({
      ...stack,
      frames: stack.frames.flatMap(frame => this.#expand(frame)),
    }))
    // If the fault is in kernel code, look at who freed or allocated the object.
    const ofRole = (role: StackRole) => finding.related.filter(stack => stack.role === role)
    const tested = [finding, ...STACK_ORDER.flatMap(ofRole)].flatMap(stack =>
      telling(stack.frames).filter(frame => this.#modules.has(frame.module ?? '')),
    )
    const [first] = tested
    if (first === undefined) return { ...finding, frames, related }
    // The first may be a header's inline function that was not inlined.
    const location =
      finding.location ??
      tested.flatMap(frame => this.#expand(frame)).find(frame => frame.location !== undefined)
        ?.location
    const reason = this.#known.get(keyOf(first))
    return {
      ...finding,
      ...this.#ownNames(finding, tested),
      frames,
      related,
      location,
      locationReason:
        location !== undefined
          ? undefined
          : typeof reason === 'string'
            ? reason
            : 'no line of the module is known for its frames',
    }
  }

  /** Names the caller of a header function that was not inlined. */
  #ownNames(
    { function: name, title }: Finding,
    tested: readonly Frame[],
  ): Pick<Finding, 'function' | 'title'> {
    const isOwn = (frame: Frame): boolean => this.#expand(frame).some(({ location }) => location)
    const ownerOf = (called: string): string => {
      const at = tested.findIndex(frame => plainName(frame.function) === called)
      const owner = at === -1 ? undefined : tested.slice(at).find(isOwn)
      const named = owner && this.#expand(owner).at(-1)
      return named === undefined ? called : plainName(named.function)
    }
    return {
      function: name === undefined ? undefined : ownerOf(name),
      title: title.replace(/(?<= in )\S+$/, ownerOf),
    }
  }

  #expand(frame: Frame): Frame[] {
    const module = this.#modules.get(frame.module ?? '')
    const places = this.#known.get(keyOf(frame))
    if (module === undefined || places === undefined || typeof places === 'string') return [frame]
    return places.map((place, index) => ({
      ...frame,
      // The outermost place is the function that the kernel named, perhaps a clone (`f.cold`).
      function: index < places.length - 1 || isAlias(frame) ? place.function : frame.function,
      inline: index < places.length - 1,
      location: locate(module, place.file, place.line),
    }))
  }
}

/** include/linux/module.h: module_init() and module_exit() give their functions a second name. */
const isAlias = ({ function: name }: Frame): boolean => /^(?:init|cleanup)_module$/.test(name)

const keyOf = ({ module, function: name, offset, size, exact }: Frame): string =>
  `${module ?? ''} ${name}+${offset}/${size} ${exact}`
