import { readFile } from 'node:fs/promises'

/** The codename of this host's release of Debian: `bookworm`; undefined on other systems. */
export async function hostRelease(): Promise<string | undefined> {
  // os-release(5)
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '')
  return /^ID=debian$/m.test(text) ? /^VERSION_CODENAME=(\w+)$/m.exec(text)?.[1] : undefined
}
