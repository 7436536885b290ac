import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheFolder } from '../../platform/files/cache-folder.js'
import { defined } from '../../platform/pick.js'
import { buildKernel, imageName, type KernelRequest } from './build-kernel.js'
import { kernelName, kernelRecord, type KernelRecord } from './built-kernels.js'
import { compilerVersion } from '../compiler.js'
import type { Flavour } from './flavours.js'
import { formatFragment, optionsFor, type ConfigOption } from './fragment.js'
import { contentKey } from '../hash.js'
import type { KernelSource } from './kernel-source.js'
import { driversMissing } from '../prebuilt/installed-modules.js'
import { stored } from '../store.js'
import type { KernelBuild } from '../types.js'

/** Rises when `buildKernel` builds something else from the same input. */
const RECIPE = 2
/** Rises when another folder is made of the same packages. */
const PREBUILT_RECIPE = 1

/**
 * The kernel that was asked for, from the cache or built now.
 * @throws ModproveError `OPTIONS_LOST`, `KERNEL_DOES_NOT_BUILD`, and what the source throws
 */
export async function requireKernel(request: KernelRequest): Promise<KernelBuild> {
  const { source, flavour } = request
  if (source.unavailable !== undefined) throw source.unavailable
  const options = optionsFor(source.series, flavour.options)
  const key = await keyOf(source, flavour, options)
  const { install } = source
  const { folder, value } = await stored<KernelRecord>(
    {
      kind: 'kernels',
      key,
      title: `kernel ${source.release} ${flavour.kernel}`,
      hashed: [imageName(flavour), 'tree/Module.symvers', 'tree/.config'],
      valueFrom: json => kernelRecord.safeParse(json).data,
      verify: (folder, { home = folder }) =>
        Promise.resolve(home === folder ? undefined : `it was made for ${home}`),
      make: (folder, home) =>
        install === undefined ? buildKernel(folder, request, options) : install(folder, home),
    },
    request,
  )
  return {
    series: source.series,
    release: value.release,
    flavour: flavour.name,
    ...(await builtWith(folder, value)),
    source: source.id,
    sourceTree: source.tree,
    key,
    folder,
    image: join(folder, imageName(flavour)),
    tree: join(folder, 'tree'),
    systemMap: join(folder, 'System.map'),
    config: join(folder, 'tree/.config'),
    modules: value.modules.map(module => ({ ...module, file: join(folder, module.file) })),
    atBoot: value.atBoot,
    ...defined({ cannotBoot: source.cannotBoot ?? driversMissing(value) }),
  }
}

async function builtWith(
  folder: string,
  { toolchain }: KernelRecord,
): Promise<Pick<KernelBuild, 'compiler' | 'toolchain'>> {
  if (toolchain === undefined)
    return { compiler: await compilerVersion(), toolchain: { cc: 'gcc' } }
  const { cc, version, bin } = toolchain
  return {
    compiler: version,
    toolchain: { cc, ...(bin === undefined ? {} : { bin: join(folder, bin) }) },
  }
}

/** The key that a kernel's build has or will have, and whether it is in the cache. */
export async function kernelKey(
  source: KernelSource,
  flavour: Flavour,
): Promise<{ readonly key: string; readonly isBuilt: boolean }> {
  const options = optionsFor(source.series, flavour.options)
  const key = await keyOf(source, flavour, options)
  const found = await stat(join(cacheFolder(), 'kernels', key)).catch(() => undefined)
  return { key, isBuilt: found !== undefined }
}

async function keyOf(
  source: KernelSource,
  flavour: Flavour,
  options: readonly ConfigOption[],
): Promise<string> {
  if (source.install !== undefined) {
    const hash = contentKey({ recipe: String(PREBUILT_RECIPE), source: source.id })
    return kernelName(source.name, flavour.kernel, hash)
  }
  const hash = contentKey({
    recipe: String(RECIPE),
    source: source.id,
    options: formatFragment(options),
    boot: flavour.bootPath,
    ...(flavour.make.length === 0 ? {} : { make: flavour.make.join(' ') }),
    compiler: await compilerVersion(source.compiler),
  })
  return kernelName(source.name, flavour.kernel, hash)
}
