import { access, readdir, readFile } from 'node:fs/promises'
import { basename, join, relative } from 'node:path'
import { kernelName } from '../../contract/kernel-name.js'
import { usageError, type ModproveError } from '../../platform/errors.js'
import { script } from '../../platform/process/script.js'
import type { KernelModule } from '../types.js'
import { OR_ONLY_BUILT } from './lacking-options.js'

/** What a machine on PCI needs of its kernel, and what it does without. */
const DRIVERS = { needed: ['virtio_pci', 'virtio_net'], useful: ['virtio_rng', 'virtio_blk'] }

export interface InstalledModules {
  /** `uname -r` */
  readonly release: string
  readonly modules: readonly KernelModule[]
  /** Names of those that a machine's devices need, in an order in which they load. */
  readonly atBoot: readonly string[]
  /** Drivers that a machine needs, and that the kernel does not have. */
  readonly missing: readonly string[]
}

/**
 * The modules that a distribution's packages hold, as depmod(8) reads them.
 * @param root of its file system
 * @param folder with which their paths begin
 */
export async function installedModules(
  root: string,
  folder: string,
  signal: AbortSignal,
): Promise<InstalledModules> {
  // Debian's older packages are made for a /lib of its own.
  const base = await access(join(root, 'lib/modules')).then(
    () => root,
    () => join(root, 'usr'),
  )
  const [release = ''] = await readdir(join(base, 'lib/modules'))
  const at = join(base, 'lib/modules', release)
  const env = { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` }
  await script({ signal, env })`depmod -b ${base} ${release}`
  const modules = (await readFile(join(at, 'modules.dep'), 'utf8'))
    .split('\n')
    .filter(line => line !== '')
    .map((line): KernelModule => {
      const [file = '', ...needs] = line.split(/:? /)
      return {
        name: nameOf(file.replace(/:$/, '')),
        file: relative(folder, join(at, file.replace(/:$/, ''))),
        // depmod names first what is loaded last.
        depends: needs.map(nameOf).reverse(),
        isRequested: false,
      }
    })
  const builtin = (await readFile(join(at, 'modules.builtin'), 'utf8')).split('\n').map(nameOf)
  return { release, modules, ...driversOf(modules, new Set(builtin)) }
}

/** `kernel/drivers/net/virtio-net.ko.xz` → `virtio_net` */
const nameOf = (path: string): string => kernelName(basename(path).replace(/\.ko(\.\w+)?$/, ''))

/** Why no machine with these would be reached: `DRIVERS_MISSING`; undefined if one is. */
export function driversMissing({
  release,
  missing,
}: Pick<InstalledModules, 'release' | 'missing'>): ModproveError | undefined {
  if (missing.length === 0) return undefined
  return usageError('DRIVERS_MISSING', `Kernel ${release} has no ${missing.join(', ')}`, {
    remedy: `A machine is reached by virtio on PCI: name a kernel that has it, ${OR_ONLY_BUILT}`,
  })
}

function driversOf(
  modules: readonly KernelModule[],
  builtin: ReadonlySet<string>,
): Pick<InstalledModules, 'atBoot' | 'missing'> {
  const known = new Map(modules.map(module => [module.name, module]))
  const missing = DRIVERS.needed.filter(name => !known.has(name) && !builtin.has(name))
  const drivers = [...DRIVERS.needed, ...DRIVERS.useful].flatMap(name => known.get(name) ?? [])
  const atBoot = [...new Set(drivers.flatMap(({ name, depends }) => [...depends, name]))]
  return { atBoot, missing }
}
