import { locationText } from '../../platform/text/source-text.js'
import type { Finding, Frame } from '../finding.js'
import { plainName } from './trace-line.js'
import type { SourceLines } from './source-lines.js'

/** A header's functions that call each other: rcu_read_lock(), rcu_lock_acquire(). */
const MOST_CALLS = 4

/**
 * Adds the caller of a header's function that a report names alone, as where a held lock was taken;
 * or, where it has several callers, their lines as the reason why none is known.
 */
export async function withCallers(finding: Finding, sources: SourceLines): Promise<Finding> {
  let reason: string | undefined
  const whole = async (frames: readonly Frame[]): Promise<readonly Frame[]> => {
    let all = frames
    for (let calls = 0; all.length === calls + 1 && calls < MOST_CALLS; calls += 1) {
      const [last] = all.slice(-1)
      if (last === undefined || sources.lineOf(last) || sources.whyUnknown(last)) break
      const callers = (await sources.objectOf(last.module)?.callersOf(last)) ?? []
      await sources.lookUp(callers)
      const lines = new Set(callers.map(caller => textOf(sources, caller)))
      const [caller] = callers
      if (lines.size > 1) reason = `${plainName(last.function)} is called ${[...lines].join(', ')}`
      if (caller === undefined || lines.size > 1) break
      all = [...all, caller]
    }
    return all
  }
  const frames = await whole(finding.frames)
  const related: Finding['related'][number][] = []
  for (const stack of finding.related) related.push({ ...stack, frames: await whole(stack.frames) })
  return { ...finding, frames, related, locationReason: reason ?? finding.locationReason }
}

function textOf(sources: SourceLines, caller: Frame): string {
  const line = sources.lineOf(caller)
  return line === undefined ? `in ${plainName(caller.function)}` : `at ${locationText(line)}`
}
