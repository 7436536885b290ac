import { readdir, readFile, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { harnessError } from '../../platform/errors.js'
import { secondsHere } from '../../platform/host/host-slowness.js'
import { script } from '../../platform/process/script.js'
import { during } from '../../platform/terminal/progress.js'
import { unpackPackages } from '../archive/download-packages.js'
import { installable } from '../archive/installable.js'
import { openSuite, type OpenSuite } from '../archive/suite-index.js'
import type { KernelRecord } from '../kernels/built-kernels.js'
import type { Work } from '../types.js'
import { installedModules } from './installed-modules.js'
import type { IndexedPackage } from './indexed-package.js'
import { relocate } from '../archive/relocate.js'

/** On a typical host with a quick line. */
const SECONDS = 60
/** Of what the packages hold, what no build needs. */
const LEFT_OUT = ['usr/share', 'etc', 'var', 'boot']

export interface Installation {
  /** Is filled. */
  readonly folder: string
  /** Where the folder will be. */
  readonly home: string
  /** The kernel's packages, that of its image first. */
  readonly parts: readonly IndexedPackage[]
  readonly suite: OpenSuite
  /** The suite that holds its compiler and libraries. */
  readonly base: string
}

/**
 * Unpacks a distribution's kernel, its modules and headers, and the compiler that it was built
 * with.
 * @throws ModproveError `DOWNLOAD_FAILED`, `NO_COMPILER_FOR_KERNEL`
 */
export async function installDistribution(
  { folder, home, parts, suite, base }: Installation,
  work: Work,
): Promise<KernelRecord> {
  const { progress, signal } = work
  const $ = script({ cwd: folder, signal })
  const title = `${parts[0]?.name ?? ''} ${parts[0]?.version ?? ''}`
  const unpack = (packages: readonly string[], from: OpenSuite): Promise<string> =>
    unpackPackages({ packages, title, folder }, from, work)
  return during(progress, `fetching ${title}`, await secondsHere(SECONDS), async step => {
    const packages = parts.map(({ name, version }) => `${name}=${version}`)
    const root = await unpack(packages, suite)
    // In /boot, since 7.2 beside the modules.
    await $`mv "$(find root -type f -name 'vmlinuz*')" bzImage; mv "$(find root -type f -name 'System.map*')" System.map`
    const tree = await builtTree(root)
    await symlink(join('root/usr/src', tree), join(folder, 'tree'))
    const config = await readFile(join(folder, 'tree/.config'), 'utf8')
    const { cc, version } = compilerOf(config)
    step.note(cc)
    const opened = await openSuite(base, suite.site, work)
    await unpack(await toolchain([cc, ...librariesOf(parts)], title, opened, signal), opened)
    for (const path of LEFT_OUT) await rm(join(root, path), { recursive: true, force: true })
    await relocate(folder, home, signal)
    step.note('modules')
    const installed = await installedModules(root, folder, signal)
    return { ...installed, toolchain: { cc, version, bin: 'root/usr/bin' }, home }
  })
}

/** The headers' folder that holds the configuration; the others hold what kernels share. */
async function builtTree(root: string): Promise<string> {
  const folders = await readdir(join(root, 'usr/src'))
  const inside = await Promise.all(
    folders.map(async name => (await readdir(join(root, 'usr/src', name))).includes('.config')),
  )
  return folders.find((_, at) => inside[at]) ?? ''
}

/** The compiler's package, which is its command, and its own words: `gcc-14 (Debian …) 14.2.0`. */
function compilerOf(config: string): { readonly cc: string; readonly version: string } {
  // init/Kconfig: 140200 is 14.2.0.
  const number = /^CONFIG_GCC_VERSION=(\d+)$/m.exec(config)?.[1] ?? ''
  const version = /^CONFIG_CC_VERSION_TEXT="(.*)"$/m.exec(config)?.[1] ?? ''
  return { cc: `gcc-${Math.floor(Number(number) / 10_000)}`, version }
}

/** What programs in the headers' packages need: `libelf1t64`, `pahole`. */
const librariesOf = (parts: readonly IndexedPackage[]): string[] =>
  parts
    .filter(({ name }) => /^linux-(headers|kbuild)-/.test(name))
    .flatMap(({ depends }) => depends.filter(name => !/^(linux|gcc)-/.test(name)))

async function toolchain(
  wanted: readonly string[],
  title: string,
  base: OpenSuite,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const found = await installable(wanted, base, signal)
  if ('packages' in found) return found.packages
  throw harnessError(
    'NO_COMPILER_FOR_KERNEL',
    `${base.suite} cannot install what modules of ${title} are built with: ${wanted.join(', ')}`,
    { detail: 'unknown' in found ? `It has no ${found.unknown.join(', ')}` : found.conflict },
  )
}
