import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { builtKernels } from '../builder/index.js'
import type { Accelerator } from '../contract/accelerator.js'
import { cacheFolder } from '../platform/files/cache-folder.js'
import { byLastUse } from '../platform/files/last-use.js'
import { privateFolder } from '../platform/files/private-folder.js'
import { start } from '../vm/index.js'

const MEMORY_MIB = 256

/**
 * Boots the last used cached plain kernel up to where suites would start.
 * @returns what was tried, as a sentence; undefined if no kernel is built
 * @throws ModproveError what failed
 */
export async function bootBuiltKernel(
  accelerator: Accelerator,
  signal: AbortSignal,
): Promise<string | undefined> {
  const kernels = (await builtKernels()).filter(({ flavour }) => flavour === 'plain')
  const [kernel] = await byLastUse(kernels.map(({ folder }) => folder))
  const images = join(cacheFolder(), 'initramfs')
  const names = (await readdir(images).catch(() => [])).filter(name => /^base-\w+$/.test(name))
  const [base] = await byLastUse(names.map(name => join(images, name)))
  const release = kernels.find(({ folder }) => folder === kernel?.path)?.release
  if (kernel === undefined || base === undefined || release === undefined) return undefined
  await using folder = await privateFolder()
  const since = performance.now()
  await using machine = await start({
    image: join(kernel.path, 'vmlinux'),
    initramfs: join(base.path, 'base.cpio'),
    bootTime: join(kernel.path, 'boot-time.json'),
    accelerator,
    memoryMiB: MEMORY_MIB,
    cpus: 1,
    append: [],
    folder: folder.path,
    signal,
  })
  await machine.ready()
  const took = ((performance.now() - since) / 1000).toFixed(1)
  const clock = await clockOf(join(folder.path, 'console.log'))
  return `Linux ${release} of the cache booted in ${took} s (${accelerator}, clock ${clock})`
}

/** The clock that the guest's kernel chose at last; the console is hostile. */
async function clockOf(console: string): Promise<string> {
  const lines = (await readFile(console, 'latin1')).matchAll(/Switched to clocksource ([\w-]+)/g)
  return [...lines].at(-1)?.[1] ?? 'unknown'
}
