import { cp, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { loadCatalogue, selectKernel, type Series } from '../../builder/catalogue.js'
import { harnessError } from '../../platform/errors.js'
import { byLastUse } from '../../platform/last-use.js'
import { cacheFolder } from '../../platform/cache-folder.js'
import { script } from '../../platform/process/script.js'
import type { Lab } from './lab.js'

/**
 * Makes a private cache with only the plain kernel, hard-linked from the common cache (or copied:
 * `linked` false). Nothing slow is built with it.
 * @throws ModproveError `NO_KERNEL` if the kernel is not cached
 */
export async function privateCache(lab: Lab, { linked = true } = {}): Promise<string> {
  const folder = join(lab.root, `cache-${(number += 1)}`)
  const common = cacheFolder()
  const names = await readdir(join(common, 'kernels')).catch(() => [])
  const kernels = names.filter(
    name =>
      /^[\d.]+-.*plain-\w+$/.test(name) &&
      (name.startsWith(`${lab.kernel}.`) || name.startsWith(`${lab.kernel}-`)),
  )
  // Older configurations may be cached, too: the last used is the current one.
  const [kernel] = await byLastUse(kernels.map(name => join(common, 'kernels', name)))
  if (kernel === undefined) {
    throw harnessError('NO_KERNEL', `Kernel ${lab.kernel} plain is not built`, {
      remedy: `modprove build --kernel ${lab.kernel}`,
    })
  }
  await mkdir(join(folder, 'kernels'), { recursive: true })
  const how = linked ? ['--link'] : []
  await script()`cp --archive ${how} ${kernel.path} ${folder}/kernels`
  // Copied: indexes are small, and rewritten in place.
  for (const suite of (await catalogueSeriesOf(lab.kernel)).suites) {
    const index = join('archive', suite)
    await cp(join(common, index), join(folder, index), {
      recursive: true,
      preserveTimestamps: true,
    })
  }
  return folder
}

let number = 0

/** Returns a series, or a release's series: its package and suites in the archive. */
export const catalogueSeriesOf = async (kernel: string): Promise<Series> =>
  selectKernel(await loadCatalogue(), kernel).series
