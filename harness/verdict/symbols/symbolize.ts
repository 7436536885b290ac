import { isOfWatchdogs } from '../finding-kinds.js'
import type { Finding, Frame, ModuleSource, StackRole } from '../finding.js'
import { withCallers } from './callers.js'
import { meantFrames, plainName, telling } from './trace-line.js'
import { withPrintk } from './printk-format.js'
import { SourceLines } from './source-lines.js'

const STACK_ORDER = ['freed', 'allocated', 'mapped', 'queued', 'held', 'irqs-off', 'other'] as const

/**
 * Gives findings the source lines of their frames, adds frames for inlined functions, and names the
 * module's own functions. A finding without a line says why.
 */
export class Symbolizer {
  readonly #lines: SourceLines

  /** @param signal stops running tools; frames are then left unchanged */
  constructor(modules: readonly ModuleSource[], signal?: AbortSignal) {
    this.#lines = new SourceLines(modules, signal)
  }

  async symbolize(read: readonly Finding[]): Promise<Finding[]> {
    const findings = await Promise.all(read.map(finding => this.#withNamed(finding)))
    await this.#lines.lookUp(
      findings.flatMap(({ frames, related }) => [
        ...frames,
        ...related.flatMap(stack => stack.frames),
      ]),
    )
    const whole = await Promise.all(findings.map(finding => withCallers(finding, this.#lines)))
    const placed = whole.map(finding => this.#withPlaces(finding))
    return Promise.all(
      placed.map(async finding =>
        withPrintk(await this.#withUnloaded(finding), this.#lines.modules.values()),
      ),
    )
  }

  /** Makes frames of the addresses in stacks that have a name now. */
  async #withNamed(finding: Finding): Promise<Finding> {
    const related = finding.related.map(async ({ nameless = [], ...stack }) => {
      const frames = [...stack.frames]
      for (const { after, places } of nameless.toReversed()) {
        const all = await Promise.all(places.map(place => this.#lines.frameAt(place, false)))
        const [frame, ...others] = all.filter(found => found !== undefined)
        // Two functions lay there, one after another: which of them the stack had is not known.
        const isSure = others.every(other => other.function === frame?.function)
        if (frame !== undefined && isSure) frames.splice(after, 0, { ...frame, unreliable: false })
      }
      return { ...stack, frames }
    })
    const named = await Promise.all(related)
    return { ...finding, related: named.filter(({ frames }) => frames.length > 0) }
  }

  /** Names the function of an unloaded module that a report is about. */
  async #withUnloaded(finding: Finding): Promise<Finding> {
    const { unloaded } = finding
    if (unloaded?.place === undefined) return finding
    const { module, place } = unloaded
    const frame = await this.#lines.frameAt({ module, ...place }, true)
    if (frame === undefined) return finding
    const location = finding.location ?? (await this.#lines.locationOf(frame))
    return { ...finding, location, unloaded: { ...unloaded, function: frame.function } }
  }

  #withPlaces(finding: Finding): Finding {
    const frames = finding.frames.flatMap(frame => this.#lines.expand(frame))
    const related = finding.related.map(stack => ({
      ...stack,
      frames: stack.frames.flatMap(frame => this.#lines.expand(frame)),
    }))
    // If the fault is in kernel code, look at who freed or allocated the object.
    const ofRole = (role: StackRole) => finding.related.filter(stack => stack.role === role)
    const others = STACK_ORDER.flatMap(ofRole).flatMap(stack => telling(stack.frames))
    const meant = meantFrames(finding.frames, isOfWatchdogs(finding.kind))
    const tested = [...meant, ...others].filter(frame =>
      this.#lines.modules.has(frame.module ?? ''),
    )
    const [first] = tested
    if (first === undefined) return { ...finding, frames, related }
    // The first may be a header's inline function that was not inlined.
    const location =
      finding.location ??
      tested.flatMap(frame => this.#lines.expand(frame)).find(frame => frame.location !== undefined)
        ?.location
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
            this.#lines.whyUnknown(first) ??
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
          : tested.slice(at).find(frame => this.#lines.lineOf(frame) !== undefined)
      const named = owner && this.#lines.expand(owner).at(-1)
      return named === undefined ? called : plainName(named.function)
    }
    return {
      function: name === undefined ? undefined : ownerOf(name),
      title: title.replace(/(?<= in )\S+$/, ownerOf),
    }
  }
}
