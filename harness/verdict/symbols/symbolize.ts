import type { Finding, Frame, ModuleSource, SourceLocation, StackRole } from '../finding.js'
import { withCallers } from './callers.js'
import { frameOf, parseFaultLine, parseTraceLine, plainName, telling } from './frames.js'
import type { SectionAddress } from './object-symbols.js'
import { Places } from './places.js'
import { withPrintk } from './printk-format.js'

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
  readonly #places: Places

  /** @param signal stops running tools; frames are then left unchanged */
  constructor(modules: readonly ModuleSource[], signal?: AbortSignal) {
    this.#places = new Places(modules, signal)
  }

  async symbolize(findings: readonly Finding[]): Promise<Finding[]> {
    await this.#places.lookUp(
      findings.flatMap(({ frames, related }) => [
        ...frames,
        ...related.flatMap(stack => stack.frames),
      ]),
    )
    const whole = await Promise.all(findings.map(finding => withCallers(finding, this.#places)))
    const placed = whole.map(finding => this.#withPlaces(finding))
    return Promise.all(
      placed.map(async finding =>
        withPrintk(await this.#withUnloaded(finding), this.#places.modules.values()),
      ),
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

  /** The frame of an address in a tested module: a running instruction or a return address. */
  async frameAt(
    { module: name, section, address }: ModuleAddress,
    exact: boolean,
  ): Promise<Frame | undefined> {
    const found = await this.#places
      .objectOf(name)
      ?.functionAt({ section, address: exact ? address : address - 1 })
    if (found === undefined) return undefined
    const offset = exact ? found.offset : found.offset + 1
    return { ...frameOf({ ...found, offset }, exact), module: name }
  }

  /** The line of a frame, or of what is inlined there. */
  async locationOf(frame: Frame): Promise<SourceLocation | undefined> {
    await this.#places.lookUp([frame])
    return this.#places.lineOf(frame)
  }

  /** Appends source lines to the frames of tested modules in a text. */
  async annotate(text: string): Promise<string> {
    const lines = text.split('\n')
    const frames = lines.map(line => parseFaultLine(line) ?? parseTraceLine(line))
    await this.#places.lookUp(frames.filter(frame => frame !== undefined))
    return lines
      .map((line, index) => {
        const frame = frames[index]
        const at = frame && this.#places.lineOf(frame)
        return at === undefined ? line : `${line} ${at.file}:${at.line}`
      })
      .join('\n')
  }

  #withPlaces(finding: Finding): Finding {
    const frames = finding.frames.flatMap(frame => this.#places.expand(frame))
    const related = finding.related.map(stack => ({
      ...stack,
      frames: stack.frames.flatMap(frame => this.#places.expand(frame)),
    }))
    // If the fault is in kernel code, look at who freed or allocated the object.
    const ofRole = (role: StackRole) => finding.related.filter(stack => stack.role === role)
    const tested = [finding, ...STACK_ORDER.flatMap(ofRole)].flatMap(stack =>
      telling(stack.frames).filter(frame => this.#places.modules.has(frame.module ?? '')),
    )
    const [first] = tested
    if (first === undefined) return { ...finding, frames, related }
    // The first may be a header's inline function that was not inlined.
    const location =
      finding.location ??
      tested
        .flatMap(frame => this.#places.expand(frame))
        .find(frame => frame.location !== undefined)?.location
    return {
      ...finding,
      ...this.#ownNames(finding, tested),
      frames,
      related,
      location,
      locationReason:
        location !== undefined
          ? undefined
          : (finding.locationReason ??
            this.#places.reasonOf(first) ??
            'no line of the module is known for its frames'),
    }
  }

  /** Names the caller of a header function that was not inlined. */
  #ownNames(
    { function: name, title }: Finding,
    tested: readonly Frame[],
  ): Pick<Finding, 'function' | 'title'> {
    const ownerOf = (called: string): string => {
      const at = tested.findIndex(frame => plainName(frame.function) === called)
      const owner =
        at === -1
          ? undefined
          : tested.slice(at).find(frame => this.#places.lineOf(frame) !== undefined)
      return owner === undefined ? called : plainName(owner.function)
    }
    return {
      function: name === undefined ? undefined : ownerOf(name),
      title: title.replace(/(?<= in )\S+$/, ownerOf),
    }
  }
}
