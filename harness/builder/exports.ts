import { mkdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheFolder } from '../platform/cache-folder.js'
import { secondsHere } from '../platform/host-slowness.js'
import { during } from '../platform/progress.js'
import { script } from '../platform/process/script.js'
import { contentKey } from './hash.js'
import { stored } from './store.js'
import type { KernelBuild, Work } from './types.js'

/** Rises when something else is kept of the same source. */
const RECIPE = 1
const KEPT_DAYS = 90
/** On the usual host; xz uses one core. */
const UNPACKED_SECONDS = 20
/** A name like `a` may be exported by many files of other architectures. */
const ELSEWHERE = ['Documentation', 'tools', 'samples', 'scripts']

/** The lines of a source that export symbols, as grep(1) gives them: `./drivers/usb/core/urb.c:EXPORT_SYMBOL_GPL(usb_free_urb);` */
export const EXPORTS = 'exports'

/**
 * What tells a kernel's exported symbols and their options, kept while the source is unpacked: the exporting lines, and all
 * makefiles. Where it was not kept and the source is gone, the archive's package is read once more.
 *
 * @returns the folder; undefined when neither the source nor its package is there, or can be read
 */
export async function requireExports(
  { source, sourceTree }: Pick<KernelBuild, 'source' | 'sourceTree'>,
  work: Work,
): Promise<string | undefined> {
  const key = contentKey({ recipe: String(RECIPE), source })
  const isThere = (path: string): Promise<boolean> =>
    stat(path).then(
      () => true,
      () => false,
    )
  const deb = join(cacheFolder(), 'sources', `${source.replace(' ', '_')}_all.deb`)
  const isUnpacked = await isThere(sourceTree)
  const isKept = await isThere(join(cacheFolder(), 'exports', key))
  if (!isKept && !isUnpacked && !(await isThere(deb))) return undefined
  const made = stored<null>(
    {
      kind: 'exports',
      key,
      title: `list of what ${source} exports`,
      hashed: [EXPORTS],
      keptDays: KEPT_DAYS,
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
    // It is advice, and takes nobody's kernel or compiler's words away.
    work.progress.say(`What ${source} exports could not be listed: ${String(error)}`)
    return undefined
  }
}

async function keep(tree: string, target: string, { signal }: Work): Promise<void> {
  const left = ELSEWHERE.map(name => `--exclude-dir=${name}`)
  const $ = script({ cwd: tree, signal })
  // grep(1) ends with 1 when it finds nothing.
  await $`grep -rE --include=*.[cS] ${left} -e ${String.raw`EXPORT_SYMBOL\w* *\(`} . >${join(target, EXPORTS)} || [ $? = 1 ]`
  await $`find . -path './build-*' -prune -o '(' -name Makefile -o -name Kbuild ')' -print | tar -c -T - | tar -x -C ${target}`
}

/** Of a package of the archive no more is unpacked than is looked at. */
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
  const title = `reading what ${source} exports`
  await during(
    work.progress,
    title,
    await secondsHere(UNPACKED_SECONDS, 2),
    () =>
      $`dpkg-deb --fsys-tarfile ${deb} | tar -xO ./usr/src/${name}.tar.xz | tar -xJ --strip-components=1 --wildcards '*.c' '*.S' '*/Makefile' '*/Kbuild'`,
  )
  await keep(tree, target, work)
  await rm(tree, { recursive: true })
}
