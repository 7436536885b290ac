import { complaints, type OpenSuite } from './suite-index.js'

/** What apt would install. */
export type Installable =
  | { readonly packages: readonly string[] }
  /** Names that the suite does not have, and all that it has. */
  | { readonly unknown: readonly string[]; readonly known: readonly string[] }
  /** apt's words on what cannot be installed together. */
  | { readonly conflict: string }

/** Packages and all that they depend on, on a system without any: `name=version` of each. */
export async function installable(
  wanted: readonly string[],
  { $ }: Pick<OpenSuite, '$'>,
  signal: AbortSignal,
): Promise<Installable> {
  // Asked first: apt-get takes an unknown name with a `.` or `+` for a pattern.
  const known = (await $`apt-cache pkgnames`).stdout.split('\n')
  const unknown = wanted.filter(name => !known.includes(name))
  if (unknown.length > 0) return { unknown, known }
  const asked = await $`apt-get -q -s --no-install-recommends install ${wanted}`.nothrow()
  signal.throwIfAborted()
  if (asked.exitCode !== 0) {
    const unmet = /^The following packages have unmet[^]*/m.exec(asked.stdout)?.[0]
    return { conflict: unmet ?? complaints(asked) }
  }
  const lines = asked.stdout.matchAll(/^Inst (\S+) \((\S+)/gm)
  return { packages: [...lines].map(([, name = '', version = '']) => `${name}=${version}`) }
}
