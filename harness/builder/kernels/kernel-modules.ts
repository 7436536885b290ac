import { readFile, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { script } from '../../platform/process/script.js'
import { buildEnvironment } from '../compiler.js'
import { kernelName } from '../../contract/kernel-name.js'
import { dependenciesOf, readModinfo } from '../modules/modinfo.js'
import type { KernelModule } from '../types.js'
import type { ConfigOption } from './fragment.js'

/** Whether a kernel with these options has modules of its own. */
export const hasModules = (options: readonly ConfigOption[]): boolean =>
  options.some(({ value }) => value === 'm')

interface BuiltTree {
  readonly source: string
  readonly output: string
  /** Gets a folder `modules`. */
  readonly folder: string
  readonly options: readonly ConfigOption[]
}

/**
 * Keeps the kernel's own modules, stripped.
 * @returns them, with files relative to the folder
 */
export async function installKernelModules(
  { source, output, folder, options }: BuiltTree,
  signal: AbortSignal,
): Promise<readonly KernelModule[]> {
  const requested = await objectsOf(options, source, signal)
  const installed = join(folder, 'installed')
  const $ = script({ cwd: source, signal, env: buildEnvironment(source) })
  const variables = [`INSTALL_MOD_PATH=${installed}`, 'INSTALL_MOD_STRIP=1', 'DEPMOD=true']
  await $`make ARCH=x86_64 O=${output} ${variables} modules_install`
  await $`mkdir ${join(folder, 'modules')}`
  const modules: (KernelModule & { readonly aliases: readonly string[] })[] = []
  // Not by readdir(), which follows its links into the source, and round in circles there.
  const { stdout } = await $`find ${installed} -type f -name '*.ko'`
  for (const path of stdout.split('\n').filter(path => path !== '')) {
    const file = join('modules', basename(path))
    await rename(path, join(folder, file))
    const name = kernelName(basename(path, '.ko'))
    const ko = await readFile(join(folder, file))
    const aliases = (readModinfo(ko).get('alias') ?? []).map(kernelName)
    const isRequested = requested.has(name)
    modules.push({ name, file, depends: dependenciesOf(ko), isRequested, aliases })
  }
  await rm(installed, { recursive: true })
  const nameFor = (wanted: string): string =>
    modules.some(({ name }) => name === wanted)
      ? wanted
      : // Authors name what they need by an alias: `crc32c` is crc32c_generic.
        (modules.find(({ aliases }) => aliases.includes(wanted))?.name ?? wanted)
  return modules
    .map(({ name, file, depends, isRequested }) => ({
      ...{ name, file, isRequested },
      depends: depends.map(nameFor),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Names of what makefiles build for the options that are to be modules. */
async function objectsOf(
  options: readonly ConfigOption[],
  source: string,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const names = options.filter(({ value }) => value === 'm').map(({ name }) => name)
  // With continued lines, for which grep has to take a file as one line.
  const pattern = String.raw`(?m)^obj-\$\((${names.join('|')})\)[ \t]*[:+]?=(?:\\\n|.)*+`
  const $ = script({ cwd: source, signal })
  const { stdout } =
    await $`grep -rhozP --include=Makefile --include=Kbuild ${pattern} . || [ $? = 1 ]`
  const objects = [...stdout.matchAll(/(?<=\s)([\w-]+)\.o\b/g)].map(([, object = '']) => object)
  return new Set(objects.map(kernelName))
}
