import { cp, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { loadCatalogue, selectKernel, type Series } from '../../builder/kernels/catalogue.js'
import { cacheFolder } from '../../platform/files/cache-folder.js'
import { script } from '../../platform/process/script.js'
import type { Lab } from './lab.js'
import { requireLabKernel } from './lab-kernel.js'

/**
 * Makes a private cache with only the plain kernel, hard-linked from the common cache (or copied:
 * `linked` false). Nothing slow is built with it.
 */
export async function privateCache(lab: Lab, { linked = true } = {}): Promise<string> {
  const folder = join(lab.root, `cache-${(number += 1)}`)
  const common = cacheFolder()
  const kernel = await requireLabKernel(lab.kernel, lab)
  await mkdir(join(folder, 'kernels'), { recursive: true })
  const how = linked ? ['--link'] : []
  await script()`cp --archive ${how} ${kernel.folder} ${folder}/kernels`
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
