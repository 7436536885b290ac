import type { Frame, ModuleSource } from '../finding.js'
import { DebugObject, type ObjectPlace } from '../reader/debug-object.js'
import { locate } from './module-source.js'

/** Places of an instruction, innermost inlined function first; or why there are none. */
type Lookup = readonly ObjectPlace[] | string

/** The places of the tested modules' frames, by their objects with debug information; cached. */
export class Places {
  readonly modules: ReadonlyMap<string, ModuleSource>
  readonly #objects = new Map<string, DebugObject>()
  readonly #known = new Map<string, Lookup>()
  readonly #signal: AbortSignal | undefined

  constructor(modules: readonly ModuleSource[], signal?: AbortSignal) {
    this.modules = new Map(modules.map(module => [module.name, module]))
    this.#signal = signal
  }

  /** The object of a module by its name. */
  objectOf(name: string | undefined): DebugObject | undefined {
    const module = this.modules.get(name ?? '')
    if (module?.debugKo === undefined) return undefined
    const object = this.#objects.get(module.name) ?? new DebugObject(module.debugKo, this.#signal)
    this.#objects.set(module.name, object)
    return object
  }

  /** Looks up what is not known yet; needed before the questions below. */
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

  /** Why a frame has no place. */
  reasonOf(frame: Frame): string | undefined {
    const known = this.#known.get(keyOf(frame))
    return typeof known === 'string' ? known : undefined
  }

  /** A frame with those inlined into it, each with its line if that is the module's. */
  expand(frame: Frame): Frame[] {
    const module = this.modules.get(frame.module ?? '')
    const places = this.#known.get(keyOf(frame))
    if (module === undefined || places === undefined || typeof places === 'string') return [frame]
    return places.map((place, index) => ({
      ...frame,
      // The outermost place is the function that the kernel named, perhaps a clone (`f.cold`).
      function: index === places.length - 1 ? frame.function : place.function,
      inline: index < places.length - 1,
      location: locate(module, place.file, place.line),
    }))
  }

  /** The line of a frame in its module's sources. */
  lineOf(frame: Frame): Frame['location'] {
    return this.expand(frame).find(({ location }) => location)?.location
  }
}

const keyOf = ({ module, function: name, offset, size, exact }: Frame): string =>
  `${module ?? ''} ${name}+${offset}/${size} ${exact}`
