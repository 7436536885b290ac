import type { Frame, ModuleSource, SourceLocation } from '../finding.js'
import { DebugObject, type ObjectLocation } from '../reader/debug-object.js'
import { frameOf, parseFaultLine, parseTraceLine } from './trace-line.js'
import { locate } from './module-source.js'
import type { SectionAddress } from './object-symbols.js'

/** Places of an instruction, innermost inlined function first; or why there are none. */
type Lookup = readonly ObjectLocation[] | string

/** An address in a loaded module's section. */
export interface ModuleAddress extends SectionAddress {
  readonly module: string
}

/**
 * The source lines of the tested modules' frames. Use one for each set of module objects: symbols
 * and places are cached. If tools or DWARF are missing, frames have no location.
 */
export class SourceLines {
  readonly modules: ReadonlyMap<string, ModuleSource>
  readonly #objects = new Map<string, DebugObject>()
  readonly #known = new Map<string, Lookup>()
  readonly #signal: AbortSignal | undefined

  /** @param signal stops running tools; frames are then left unchanged */
  constructor(modules: readonly ModuleSource[], signal?: AbortSignal) {
    this.#signal = signal
    this.modules = new Map(modules.map(module => [module.name, module]))
  }

  /** The frame of an address in a tested module: a running instruction or a return address. */
  async frameAt(
    { module: name, section, address }: ModuleAddress,
    exact: boolean,
  ): Promise<Frame | undefined> {
    const found = await this.objectOf(name)?.functionAt({
      section,
      address: exact ? address : address - 1,
    })
    if (found === undefined) return undefined
    const offset = exact ? found.offset : found.offset + 1
    return { ...frameOf({ ...found, offset }, exact), module: name }
  }

  /** A tested module's init function, by its own name. */
  async initOf(module: string): Promise<Frame | undefined> {
    const start = await this.objectOf(module)?.startOf('init_module')
    if (start === undefined) return undefined
    const frame = { ...start, module }
    await this.lookUp([frame])
    return this.expand(frame).at(-1)
  }

  /** The line of a frame, or of what is inlined there. */
  async locationOf(frame: Frame): Promise<SourceLocation | undefined> {
    await this.lookUp([frame])
    return this.lineOf(frame)
  }

  /** Appends source lines to the frames of tested modules in a text. */
  async annotate(text: string): Promise<string> {
    const lines = text.split('\n')
    const frames = lines.map(line => parseFaultLine(line) ?? parseTraceLine(line))
    await this.lookUp(frames.filter(frame => frame !== undefined))
    return lines
      .map((line, index) => {
        const frame = frames[index]
        const at = frame && this.lineOf(frame)
        return at === undefined ? line : `${line} ${at.file}:${at.line}`
      })
      .join('\n')
  }

  /** Looks up the places of frames that are not known yet. */
  async lookUp(frames: readonly Frame[]): Promise<void> {
    const open = frames.filter(frame => !this.#known.has(keyOf(frame)))
    for (const module of this.modules.values()) {
      const own = open.filter(frame => frame.module === module.name)
      const wanted = [...new Map(own.map(frame => [keyOf(frame), frame])).values()]
      if (wanted.length === 0) continue
      const none = `there is no object of ${module.name} with debug information`
      const object = this.objectOf(module.name)
      const found = object ? await object.lookUp(wanted) : wanted.map(() => none)
      for (const [index, frame] of wanted.entries()) {
        const lookup = found[index]
        if (lookup !== undefined) this.#known.set(keyOf(frame), lookup)
      }
    }
  }

  /** A frame that was looked up, with its line, after the frames that are inlined into it. */
  expand(frame: Frame): Frame[] {
    const module = this.modules.get(frame.module ?? '')
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

  /** Why a frame that was looked up has no line; undefined if it has one. */
  whyUnknown(frame: Frame): string | undefined {
    const found = this.#known.get(keyOf(frame))
    return typeof found === 'string' ? found : undefined
  }

  /** The line of a frame that was looked up, or of what is inlined there. */
  lineOf(frame: Frame): SourceLocation | undefined {
    return this.expand(frame).find(({ location }) => location)?.location
  }

  /** The object of a tested module. */
  objectOf(name: string | undefined): DebugObject | undefined {
    const module = this.modules.get(name ?? '')
    if (module?.debugKo === undefined) return undefined
    const object = this.#objects.get(module.name) ?? new DebugObject(module.debugKo, this.#signal)
    this.#objects.set(module.name, object)
    return object
  }
}

/** include/linux/module.h: module_init() and module_exit() give their functions a second name. */
const isAlias = ({ function: name }: Frame): boolean => /^(?:init|cleanup)_module$/.test(name)

const keyOf = ({ module, function: name, offset, size, exact }: Frame): string =>
  `${module ?? ''} ${name}+${offset}/${size} ${exact}`
