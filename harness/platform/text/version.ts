/** Debian's order of a non-digit character: `~`, then the end, then letters, then the rest. */
const weight = (character: string | undefined): number => {
  if (character === '~') return -1
  if (character === undefined) return 0
  return /[A-Za-z]/.test(character) ? character.charCodeAt(0) : character.charCodeAt(0) + 256
}

const compareText = (a: string, b: string): number => {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = weight(a[i]) - weight(b[i])
    if (difference !== 0) return difference
  }
  return 0
}

const compareDigits = (a: string, b: string): number => {
  const [x, y] = [BigInt(a || '0'), BigInt(b || '0')]
  return x < y ? -1 : x > y ? 1 : 0
}

const comparePart = (a: string, b: string): number => {
  const pieces = (text: string): RegExpMatchArray[] => [...text.matchAll(/(\D*)(\d*)/g)]
  const [x, y] = [pieces(a), pieces(b)]
  for (let i = 0; i < Math.max(x.length, y.length); i++) {
    const order =
      compareText(x[i]?.[1] ?? '', y[i]?.[1] ?? '') ||
      compareDigits(x[i]?.[2] ?? '', y[i]?.[2] ?? '')
    if (order !== 0) return order
  }
  return 0
}

const split = (version: string): { epoch: string; upstream: string; revision: string } => {
  // The kernel writes 7.3-rc7, Debian 7.3~rc7: the same release.
  const [, epoch = '0', rest = ''] =
    /^(?:(\d+):)?(.*)$/.exec(version.replace(/-rc(?=\d)/, '~rc')) ?? []
  const dash = rest.lastIndexOf('-')
  return dash < 0
    ? { epoch, upstream: rest, revision: '0' }
    : { epoch, upstream: rest.slice(0, dash), revision: rest.slice(dash + 1) }
}

/**
 * Orders versions of packages and kernels for `sort`, by Debian's rule (deb-version(7)): numbers by
 * value, and `~` first, so that `7.3-rc7` and `7.3~rc7-1` precede `7.3`.
 */
export function compareVersions(a: string, b: string): number {
  const [x, y] = [split(a), split(b)]
  return (
    comparePart(x.epoch, y.epoch) ||
    comparePart(x.upstream, y.upstream) ||
    comparePart(x.revision, y.revision)
  )
}

/** Returns a package version's kernel release: `7.3~rc7-1~exp1` → `7.3-rc7`. */
export const upstreamOf = (packageVersion: string): string =>
  split(packageVersion).upstream.replace('~rc', '-rc')

/** Returns a kernel release's series: `6.12.107` → `6.12`. */
export const seriesOf = (release: string): string => /^\d+\.\d+/.exec(release)?.[0] ?? release
