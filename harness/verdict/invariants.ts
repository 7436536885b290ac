/** Named values of the guest that a test must restore: counts, sizes, texts. */
export type Invariants = Readonly<Record<string, number | string>>

const MAX_LINES_SHOWN = 20

/**
 * The values that differ between two readings, for a person: "live buffers: 0 before, 2 after
 * (+2)". A missing value differs too.
 */
export function differencesOf(before: Invariants, after: Invariants): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return names
    .filter(name => before[name] !== after[name])
    .map(name => describe(name, before[name], after[name]))
}

function describe(
  name: string,
  was: number | string | undefined,
  is: number | string | undefined,
): string {
  if (typeof was === 'number' && typeof is === 'number')
    return `${name}: ${was} before, ${is} after (${is > was ? '+' : ''}${is - was})`
  if (typeof was !== 'string' || typeof is !== 'string')
    return `${name}: ${was ?? 'absent'} before, ${is ?? 'absent'} after`
  const [old, now] = [was.split('\n'), is.split('\n')]
  const lines = [
    ...without(old, now).map(line => `- ${line}`),
    ...without(now, old).map(line => `+ ${line}`),
  ]
  if (lines.length === 0) return `${name}: the same lines in another order`
  const more = lines.length - MAX_LINES_SHOWN
  return [
    `${name}:`,
    ...lines.slice(0, MAX_LINES_SHOWN),
    ...(more > 0 ? [`… ${more} lines more`] : []),
  ].join('\n')
}

/** The lines that `these` has more often than `those`. */
function without(these: readonly string[], those: readonly string[]): string[] {
  const left = new Map<string, number>()
  for (const line of those) left.set(line, (left.get(line) ?? 0) + 1)
  return these.filter(line => {
    const count = left.get(line) ?? 0
    left.set(line, count - 1)
    return count <= 0
  })
}
