import { mkdir, realpath } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { harnessError, usageError } from '../../platform/errors.js'
import { cacheFolder } from '../../platform/files/cache-folder.js'
import { isThere } from '../../platform/files/is-there.js'
import { script } from '../../platform/process/script.js'
import { contentKey } from '../hash.js'
import type { KernelSource } from './kernel-source.js'
import { treeContent } from './tree-content.js'
import { seriesOf } from '../../platform/text/version.js'

/** What the kernel's Makefile (rule `outputmakefile`) takes for an in-tree build. */
const BUILT_IN = ['.config', 'include/config', 'arch/x86/include/generated']

/**
 * A kernel tree on this host's disk. Built elsewhere (`make O=`), so it is never written.
 * @param path of its root
 * @param leftOut absolute paths of what no kernel is built from
 * @throws ModproveError `NOT_A_KERNEL_TREE`, `TREE_NOT_CLEAN` (both exit 2)
 */
export async function pathSource(
  path: string,
  signal: AbortSignal,
  leftOut: readonly string[] = [],
): Promise<KernelSource> {
  const tree = await realpath(path).catch((cause: unknown) => {
    throw notATree(path, 'the folder does not exist', cause)
  })
  const release = await kernelVersion(tree, signal)
  for (const trace of BUILT_IN) {
    if (!(await isThere(join(tree, trace)))) continue
    throw usageError(
      'TREE_NOT_CLEAN',
      `${tree} contains a build: ${trace} exists. Only a clean tree can be built elsewhere`,
      { remedy: `make -C ${tree} ARCH=x86_64 mrproper   (this also deletes its .config)` },
    )
  }
  const content = await treeContent(tree, leftOut, signal)
  const own = contentKey({ tree })
  return {
    series: seriesOf(release),
    release,
    id: `path:${tree} ${content}`,
    name: `path-${basename(tree).replaceAll(/[^\w.-]/g, '_')}-${own.slice(0, 6)}-${release}`,
    tree,
    open: async () => {
      const outputs = join(cacheFolder(), 'path-builds', own)
      await mkdir(outputs, { recursive: true })
      return {
        tree,
        outputs,
        stillSame: async () => {
          if ((await treeContent(tree, leftOut, signal)) === content) return
          throw harnessError('TREE_CHANGED', `${tree} was changed while it was being built`, {
            remedy: 'Run the same command again',
          })
        },
      }
    },
  }
}

/** The version in its Makefile, `7.3.0-rc7`; later commits are covered by the content's hash. */
async function kernelVersion(tree: string, signal: AbortSignal): Promise<string> {
  const $ = script({ cwd: tree, signal, env: { MAKEFLAGS: '' } })
  const { exitCode, stdout, stderr } = await $`make -s ARCH=x86_64 kernelversion`.nothrow()
  signal.throwIfAborted()
  const version = stdout.trim()
  if (exitCode === 0 && /^\d+\.\d+(\.\d+)?(-[\w.-]+)?$/.test(version)) return version
  throw notATree(tree, `make kernelversion says: ${(version || stderr.trim()).slice(0, 200)}`)
}

const notATree = (path: string, why: string, cause?: unknown) =>
  usageError('NOT_A_KERNEL_TREE', `path:${path} is not a kernel's source tree: ${why}`, {
    remedy: 'Name the folder that holds the kernel’s Makefile',
    cause,
  })
