import { readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { script } from '../../platform/process/script.js'
import type { ModuleFolder } from '../../project/module-sources.js'
import type { Project } from '../../project/project.js'
import { buildEnvironment, makeVariables } from '../compiler.js'
import { narrowToModule } from './in-tree.js'
import { moduleFailure, noModule } from './module-failure.js'
import { calledAsKnown, namingOptions, type BuildFolder } from './module-output.js'
import { prepareFolder } from './prepare.js'
import { sparseReport, type SparseReport } from './sparse.js'
import type { KernelBuild, Work } from '../types.js'

/** For traces: lines, and no tail calls, which replace the frame of their caller. */
const TRACEABLE = ['-g', '-fno-optimize-sibling-calls']

/** What is built, and for which kernel. */
export interface ModuleRequest extends Work {
  readonly kernel: KernelBuild
  readonly project: Pick<Project, 'root' | 'module' | 'configFile'>
  /** Compile for coverage (GCOV_PROFILE), for kernels with CONFIG_GCOV_KERNEL. */
  readonly coverage?: boolean
  /** Version of sparse, which then reads the sources; the compiler warns as `W=1` asks. */
  readonly sparse?: string
}

export interface MadeFolder {
  /** Absolute paths of its modules without `.ko`, in Kbuild's order. */
  readonly modules: readonly string[]
  /** Make's output, with files named as the user knows them. */
  readonly output: string
  /** Of sparse; undefined if it was not asked for. */
  readonly sparse: SparseReport | undefined
}

/**
 * Builds the modules of one folder, where the sources were copied.
 * @param symbols the `Module.symvers` of folders that were built before
 * @throws ModproveError `PREPARE_FAILED`, `MODULE_DOES_NOT_COMPILE`, `NO_MODULE` (all exit 1)
 */
export async function makeFolder(
  place: BuildFolder,
  { make, prepare, inTree }: ModuleFolder,
  symbols: readonly string[],
  request: ModuleRequest,
): Promise<MadeFolder> {
  const { kernel, coverage, sparse, signal } = request
  const { build, name, tree } = place
  const folder = join(build, name)
  if (prepare !== undefined) await prepareFolder(place, prepare, kernel, signal)
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries.map(entry => (entry.isDirectory() ? `${entry.name}/` : entry.name))
  if (!names.includes('Kbuild') && !names.includes('Makefile')) throw await noModule(place, request)
  const { KCFLAGS = '', ...variables } = make
  const narrowed = inTree && (await narrowToModule(folder, name, inTree, kernel))
  const words = {
    ...variables,
    ...narrowed?.variables,
    KCFLAGS: [
      ...TRACEABLE,
      ...namingOptions(place, names),
      ...(narrowed?.flags ?? []),
      KCFLAGS,
    ].join(' '),
    KBUILD_EXTRA_SYMBOLS: symbols.join(' '),
    M: folder,
  }
  const line = [
    ...makeVariables(kernel.toolchain.cc),
    ...Object.entries(words).map(([variable, value]) => `${variable}=${value}`),
    ...(sparse === undefined ? [] : ['W=1']),
    ...['-C', tree, 'modules'],
  ]
  // In the environment, so that Kbuild's own "GCOV_PROFILE := n" for generated files wins.
  const env = {
    ...buildEnvironment(build, kernel.toolchain.bin),
    GCOV_PROFILE: coverage === true ? 'y' : '',
  }
  const $ = script({ cwd: folder, signal, env })
  const { exitCode, stdout } = await $`make ${line} 2>&1`.nothrow()
  signal.throwIfAborted()
  const output = calledAsKnown(stdout, place)
  if (exitCode !== 0) throw await moduleFailure(output, place, request)
  const order = await readFile(join(folder, 'modules.order'), 'utf8').catch(() => '')
  const objects = order.split('\n').filter(object => object !== '')
  if (objects.length === 0) throw await noModule(place, request)
  const modules = objects.map(path => resolve(folder, path.replace(/\.k?o$/, '')))
  if (sparse === undefined) return { modules, output, sparse }
  // A make of its own: the objects are there, and what it says is sparse's.
  const checked = await $`make ${line} C=2 CHECK=sparse 2>&1`.nothrow()
  signal.throwIfAborted()
  return { modules, output, sparse: sparseReport(checked, place) }
}
