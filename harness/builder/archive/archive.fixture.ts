import { mkdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Port 9 (discard) on this host, where nothing listens. */
export const NOBODY = 'http://127.0.0.1:9'

/**
 * Writes what `apt-get update` would have left yesterday for one series and suite of {@link
 * NOBODY}.
 */
export async function rememberIndex(
  cache: string,
  suite: string,
  versions: readonly string[],
  series = '6.1',
): Promise<void> {
  const folder = join(cache, 'archive', suite)
  const archive = suite.endsWith('-security') ? 'debian-security' : 'debian'
  await mkdir(join(folder, 'lists'), { recursive: true })
  const name = `linux-source-${series}`
  const packages = versions.map(
    version =>
      `Package: ${name}\nVersion: ${version}\nArchitecture: all\n` +
      `Filename: pool/${name}_${version}_all.deb\nSize: 1\nSHA256: ${'0'.repeat(64)}\n`,
  )
  const list = `127.0.0.1:9_${archive}_dists_${suite}_main_binary-amd64_Packages`
  await writeFile(join(folder, 'lists', list), packages.join('\n'))
  await writeFile(join(folder, 'updated-from'), NOBODY)
  const yesterday = new Date(Date.now() - 25 * 3_600_000)
  await utimes(join(folder, 'updated-from'), yesterday, yesterday)
}
