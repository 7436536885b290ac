import { grouped, type Group } from '../platform/grouped.js'
import type { Finding, Frame } from './finding.js'
import { plainName, relevantFrame } from './symbols/trace-line.js'

const MAX_TEXT_CHARACTERS = 8192

/** What was allocated and not freed, as debugfs lists it. */
export interface Allocation {
  readonly task: Finding['task']
  readonly frames: readonly Frame[]
  readonly text: string
}

/**
 * Leaks; those with the same stack become one finding.
 *
 * @param leak a finding of this kind; its title is followed by the function
 * @param modules names of those under test
 */
export function leaksOf(
  allocations: Iterable<Allocation>,
  leak: Finding,
  modules: readonly string[],
): Finding[] {
  const groups = grouped(allocations, ({ frames }) =>
    frames.map(({ function: name, offset, module }) => `${module ?? ''} ${name}+${offset}`).join(),
  )
  return [...groups.values()].map(group => leakOf(group, leak, new Set(modules)))
}

function leakOf(
  [{ task, frames, text }, ...others]: Group<Allocation>,
  leak: Finding,
  modules: ReadonlySet<string>,
): Finding {
  const relevant = relevantFrame(frames, modules, false)
  const name = relevant === undefined ? undefined : plainName(relevant.function)
  return {
    ...leak,
    title: name === undefined ? leak.title : `${leak.title} in ${name}`,
    function: name,
    frames,
    task,
    text: text.slice(0, MAX_TEXT_CHARACTERS),
    cut:
      text.length > MAX_TEXT_CHARACTERS
        ? `the report is longer than ${MAX_TEXT_CHARACTERS} characters`
        : undefined,
    count: 1 + others.length,
  }
}
