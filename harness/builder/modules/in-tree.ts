import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { usageError } from '../../platform/errors.js'
import { MAKEFILES, makefileOf } from '../../project/kbuild-file.js'
import type { InTree } from '../../project/module-sources.js'
import { valuesOf } from '../kernels/lost-options.js'
import type { ConfigOption } from '../kernels/fragment.js'
import type { KernelBuild } from '../types.js'

/** What make is given to build a module of the kernel's tree. */
export interface InTreeWords {
  readonly variables: Readonly<Record<string, string>>
  readonly flags: readonly string[]
}

/**
 * Has Kbuild build one module in a copy of its folder, as if the kernel were configured with it.
 * @param name the folder's path from the tree
 * @throws ModproveError `BUILT_IN` (exit 2) when the kernel has it already
 */
export async function narrowToModule(
  folder: string,
  name: string,
  { tree, object, option }: InTree,
  kernel: KernelBuild,
): Promise<InTreeWords> {
  const config = await readFile(kernel.config, 'utf8')
  refuseBuiltIn({ object, option }, config, kernel.release)
  const isModule = valuesOf(config).get(option) === 'm'
  // The kernel's tree that modules are built against has headers alone.
  const makefile = (await makefileOf(folder)).replaceAll('$(srctree)', tree)
  for (const file of MAKEFILES) await rm(join(folder, file), { force: true })
  const narrowed = `${makefile}\nobj-y :=\nlib-y :=\nobj-m := ${object}.o\n`
  await writeFile(join(folder, 'Kbuild'), narrowed)
  return {
    variables: option === '' ? {} : { [option]: 'm' },
    flags: [
      `-I${join(tree, name)}`,
      // For traces, which name their headers from there.
      `-idirafter ${join(tree, 'include')}`,
      ...(option === '' || isModule ? [] : [`-D${option}_MODULE=1`]),
    ],
  }
}

/**
 * @param config the complete configuration of the kernel
 * @param requested options that it was asked to have; none for one that was built elsewhere
 * @throws ModproveError `BUILT_IN` (exit 2) when the kernel has the module built in
 */
export function refuseBuiltIn(
  { object, option }: Pick<InTree, 'object' | 'option'>,
  config: string,
  release: string,
  requested: readonly Pick<ConfigOption, 'name' | 'value' | 'source'>[] = [],
): void {
  if (valuesOf(config).get(option) !== 'y') return
  const line = requested.findLast(({ name, value }) => name === option && value === 'y')
  throw usageError('BUILT_IN', `${object} is part of kernel ${release}, which has ${option}=y`, {
    remedy:
      line === undefined
        ? `Set ${option}=m: in "kconfig" for a path: kernel; for a built: one with make menuconfig, and make`
        : `Write ${option}=m in ${line.source}`,
  })
}
