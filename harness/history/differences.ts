import type { TestChange } from '../contract/events.js'
import type { HistoryEntry } from './entry.js'

type Difference = NonNullable<TestChange['changed']>[number]

const SHORT = 10

/** `0123456789`, with the content's name if both have the same commit. */
const version = (commit: string | null, content: string, other: string | null): string => {
  const name = commit?.slice(0, SHORT) ?? content
  return commit !== null && commit === other ? `${name} (files ${content.slice(0, SHORT)})` : name
}

/** What else differs from a run in which a test passed: where to look for the cause. */
export function differences(good: HistoryEntry, now: HistoryEntry): Difference[] {
  const found: Difference[] = []
  for (const what of ['module', 'suites'] as const) {
    if (good[what] === now[what]) continue
    const from = version(good.commit, good[what], now.commit)
    found.push({ what, from, to: version(now.commit, now[what], good.commit) })
  }
  const kernel = good.source === '' || now.source === '' ? 'release' : 'source'
  const rest = [
    ['kernel', good[kernel], now[kernel]],
    ['compiler', good.compiler, now.compiler],
    ['QEMU', good.qemu, now.qemu],
    ['accelerator', good.accelerator, now.accelerator],
  ] as const
  for (const [what, from, to] of rest) {
    // A build that failed has neither kernel nor compiler.
    if (from !== to && from !== '' && to !== '') found.push({ what, from, to })
  }
  return found
}
