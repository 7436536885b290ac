import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheFolder } from '../../platform/files/cache-folder.js'
import { secondsHere } from '../../platform/host/host-slowness.js'
import { isThere } from '../../platform/files/is-there.js'
import { during } from '../../platform/terminal/progress.js'
import { script } from '../../platform/process/script.js'
import { contentKey } from '../hash.js'
import { noValue, stored } from '../store.js'
import type { KernelBuild, Work } from '../types.js'

/** Increment when something else is kept from the same source. */
const RECIPE = 2
const KEPT_DAYS = 90
/** On a typical host; xz uses one core. */
const UNPACKED_SECONDS = 20
/** Other architectures may export a short name like `a` from many files. */
const ELSEWHERE = ['Documentation', 'tools', 'samples', 'scripts']

/**
 * Export lines of a source, by grep(1): `./drivers/usb/core/urb.c:EXPORT_SYMBOL_GPL(usb_free_urb);`
 */
export const EXPORTS = 'exports'

/**
 * Returns a folder with a kernel's export lines, makefiles and Kconfig files, saved when its source
 * was unpacked. If missing, the source or the archive's package is read again.
 * @returns undefined if neither is available or readable
 */
export async function requireExports(
  { source, sourceTree }: Pick<KernelBuild, 'source' | 'sourceTree'>,
  work: Work,
): Promise<string | undefined> {
  const key = contentKey({ recipe: String(RECIPE), source })
  const deb = join(cacheFolder(), 'sources', `${source.replace(' ', '_')}_all.deb`)
  const isUnpacked = await isThere(sourceTree)
  const isKept = await isThere(join(cacheFolder(), 'exports', key))
  if (!isKept && !isUnpacked && !(await isThere(deb))) return undefined
  const made = stored(
    {
      kind: 'exports',
      key,
      title: `list of what ${source} exports`,
      hashed: [EXPORTS],
      keptDays: KEPT_DAYS,
      valueFrom: noValue,
      make: async target => {
        if (isUnpacked) await keep(sourceTree, target, work)
        else await keepOfPackage(deb, target, source, work)
        return null
      },
    },
    work,
  )
  try {
    return (await made).folder
  } catch (error) {
    work.signal.throwIfAborted()
    // This is only advice, so a failure must not hide the build's own errors.
    work.progress.say(`What ${source} exports could not be listed: ${String(error)}`)
    return undefined
  }
}

async function keep(tree: string, target: string, { signal }: Work): Promise<void> {
  const left = ELSEWHERE.map(name => `--exclude-dir=${name}`)
  const $ = script({ cwd: tree, signal })
  // grep(1) exits with 1 when it finds nothing.
  await $`grep -rE --include=*.[cS] ${left} -e ${String.raw`EXPORT_SYMBOL\w* *\(`} . >${join(target, EXPORTS)} || [ $? = 1 ]`
  await $`find . -path './build-*' -prune -o '(' -name Makefile -o -name Kbuild -o -name 'Kconfig*' ')' -print | tar -c -T - | tar -x -C ${target}`
}

/** Unpacks only the needed files of an archive's package. */
async function keepOfPackage(
  deb: string,
  target: string,
  source: string,
  work: Work,
): Promise<void> {
  const tree = join(target, 'source')
  await mkdir(tree)
  const [name = ''] = source.split(' ')
  const $ = script({ cwd: tree, signal: work.signal })
  const title = `reading the exports of ${source}`
  await during(
    work.progress,
    title,
    await secondsHere(UNPACKED_SECONDS, 2),
    () =>
      $`dpkg-deb --fsys-tarfile ${deb} | tar -xO ./usr/src/${name}.tar.xz | tar -xJ --strip-components=1 --wildcards '*.c' '*.S' '*/Makefile' '*/Kbuild' '*/Kconfig*'`,
  )
  await keep(tree, target, work)
  await rm(tree, { recursive: true })
}
