import type { Replay } from '../record/replay.js'

/** What a replay does not take from the record, and which of the two it runs: a line each. */
export function changedSince(
  { content, commit }: Pick<Replay, 'content' | 'commit'>,
  now: Readonly<Record<'suites' | 'setup', string>>,
): readonly string[] {
  const changed = [
    ...(content.suites === now.suites ? [] : [{ what: 'suites have', runs: 'those of today' }]),
    ...([now.setup, undefined].includes(content.setup)
      ? []
      : [{ what: 'configuration has', runs: 'that of today' }]),
  ]
  return changed.map(
    ({ what, runs }) => `The ${what} changed since then${commitThen(commit)}. This runs ${runs}.`,
  )
}

/** Where what the run had may be found: after "has changed since then". */
export const commitThen = (commit: string | null): string =>
  commit === null ? '' : ` (the run was at ${commit}, or near it)`
