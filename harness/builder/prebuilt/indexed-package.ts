import type { OpenSuite } from '../archive/suite-index.js'

/** A package as a suite's index describes it. */
export interface IndexedPackage {
  readonly name: string
  readonly version: string
  /** Names of what it needs; of alternatives, the first. */
  readonly depends: readonly string[]
}

/** All versions of a package in a suite, in apt's order: newest first. */
export async function indexed(name: string, { $ }: OpenSuite): Promise<readonly IndexedPackage[]> {
  // Exits with 100 for a name that the index does not have.
  const { stdout } = await $`apt-cache show ${name}`.nothrow()
  return stdout
    .split('\n\n')
    .filter(stanza => stanza.startsWith('Package: '))
    .map(stanza => ({
      name,
      version: fieldOf(stanza, 'Version'),
      depends: fieldOf(stanza, 'Depends')
        .split(',')
        .map(alternatives => alternatives.trim().split(/[\s:|(]/, 1)[0] ?? '')
        .filter(needed => needed !== ''),
    }))
}

const fieldOf = (stanza: string, field: string): string =>
  new RegExp(`^${field}: (.*)$`, 'm').exec(stanza)?.[1] ?? ''

/**
 * A package and those of the kernel that it needs, in the same version.
 * @param isPart whether a package that it names is one of them
 * @returns undefined if the suite does not have all of them
 */
export async function withParts(
  name: string,
  version: string,
  suite: OpenSuite,
  isPart: (name: string) => boolean,
): Promise<readonly IndexedPackage[] | undefined> {
  const [first] = (await indexed(name, suite)).filter(found => found.version === version)
  if (first === undefined) return undefined
  const parts = new Map([[name, first]])
  for (const { depends } of parts.values()) {
    for (const needed of depends.filter(isPart)) {
      if (parts.has(needed)) continue
      const versions = await indexed(needed, suite)
      const same = versions.find(found => found.version === version)
      // One of them serves all kernels of a series.
      const part = needed.startsWith('linux-kbuild-') ? (same ?? versions[0]) : same
      if (part === undefined) return undefined
      parts.set(needed, part)
    }
  }
  return [...parts.values()]
}
