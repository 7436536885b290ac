import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheFolder } from '../platform/paths.js'

/** A kernel that lies in the cache. */
export interface BuiltKernel {
  /** Its key: `6.1.192-2-plain-0123456789abcdef`. */
  readonly name: string
  readonly release: string
  readonly folder: string
  /** Wall time of its build, in seconds. */
  readonly buildSeconds: number
}

/** The kernels of the cache, oldest name first; entries that cannot be read are left out. */
export async function builtKernels(): Promise<BuiltKernel[]> {
  const kernels = join(cacheFolder(), 'kernels')
  const found: BuiltKernel[] = []
  for (const name of (await readdir(kernels).catch(() => [])).sort()) {
    const folder = join(kernels, name)
    const text = await readFile(join(folder, 'value.json'), 'utf8').catch(() => undefined)
    if (text === undefined) continue
    const { release, buildSeconds } = JSON.parse(text) as { release: string; buildSeconds: number }
    found.push({ name, release, folder, buildSeconds })
  }
  return found
}
