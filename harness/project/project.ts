import { basename, dirname, join, resolve } from 'node:path'
import { kernelName } from '../contract/kernel-name.js'
import { packageRoot } from '../platform/files/package-root.js'
import { defined } from '../platform/pick.js'
import { foldersOf, type ProjectConfig } from './config-schema.js'
import type { GuestConfig } from './guest-fields.js'
import type { FlavourConfig, MachineConfig } from './kernel-fields.js'
import { configuredSources } from './configured-sources.js'
import { readDkms } from './dkms.js'
import { placed, type PlacedConfig } from './in-tree.js'
import type { ExpectedFailure } from './expected-failures.js'
import { findConfig, PACKAGE } from './find-config.js'
import { DEFAULT_SUITES } from './missing-paths.js'
import { pathsWithin, type ModuleSources } from './module-sources.js'
import { namedFiles } from './named-files.js'
import { readConfig } from './read-config.js'
import { requireNames } from './require-names.js'
import type { RunDefaults } from './run-fields.js'
import type { SlurmConfig } from './slurm-fields.js'
import { isKernelSuite } from './suite-names.js'

/** What is tested, and by what. Plain data: read once, passed down, and sent between processes. */
export interface Project {
  /** Its name in reports and the history. */
  readonly name: string
  /** Absolute: the folder of its configuration. */
  readonly root: string
  /** Absolute: its configuration, or where that would be. */
  readonly configFile: string
  readonly module: ModuleSources
  /** Module → parameter → the value that it is loaded with where a suite says none. */
  readonly parameters: Readonly<Record<string, Readonly<Record<string, string | number>>>>
  /** What its kernels need besides: lines of options, and paths of files of them, from the root. */
  readonly kconfig: readonly string[]
  readonly machine: MachineConfig
  /** What flavours of its kernels have besides, and flavours of its own. */
  readonly flavours: Readonly<Record<string, FlavourConfig>>
  /** What is in the guest's file system; paths on this host are from the root. */
  readonly guest: GuestConfig
  readonly run: RunDefaults
  readonly slurm: SlurmConfig
  /** Absolute folder of the suites; need not exist. */
  readonly suites: string
  /** Suites that the kernel's source brings along: `kselftest:sync`, `kunit`. */
  readonly kernelSuites: readonly string[]
  readonly xfail: readonly ExpectedFailure[]
  /** Absolute folder of records, history and compiled files: `.modprove`. */
  readonly state: string
}

/**
 * The project of a folder: the nearest one upward.
 *
 * @param kernels that are asked for, which a module of their tree is found by
 * @throws ModproveError `NO_PROJECT`, and `CONFIGURATION` with all mistakes
 */
export async function readProject(
  from = process.cwd(),
  kernels?: readonly string[],
): Promise<Project> {
  const found = await findConfig(from)
  const root = dirname(found.file)
  const config = await withDkms(root, await readConfig(found, join(root, '.modprove')))
  const words = kernels ?? config.run?.kernels?.map(word => fromFolder(root, word)) ?? []
  const project = projectOf(found.file, await placed(found.file, config, words), found.name)
  await requireNames(found.kind === 'none' ? root : found.file, project.module)
  return project
}

/** Where the configuration names no module, a package of dkms(8) does. */
async function withDkms(root: string, config: ProjectConfig): Promise<ProjectConfig> {
  if (config.module !== undefined || config.modules !== undefined) return config
  const dkms = await readDkms(root)
  if (dkms === undefined) return config
  return { ...config, ...dkms, include: [...dkms.include, ...(config.include ?? [])] }
}

/** @param packageName `name` of a package.json beside the configuration */
export function projectOf(file: string, config: PlacedConfig, packageName?: string): Project {
  const root = dirname(file)
  const suites = resolve(root, foldersOf(config.suites)[0] ?? DEFAULT_SUITES)
  const state = join(root, '.modprove')
  const sources = configuredSources(root, config)
  const { run: { reports = {} } = {}, slurm = {} } = config
  // What runs write where the configuration says.
  const outputs = [...Object.values(reports), slurm.folder ?? []].flat()
  const apart = [
    ...namedFiles(config).map(({ path }) => resolve(root, path)),
    packageRoot,
    join(packageRoot, 'harness'),
    join(packageRoot, 'images'),
    suites,
    state,
    ...outputs.map(path => resolve(root, path)),
    // No module is built from it; a package.json may be for `prepare`.
    ...(basename(file) === PACKAGE ? [] : [file]),
  ]
  return {
    name: config.name ?? packageName ?? basename(root),
    root,
    configFile: file,
    module: { ...sources, leftOut: pathsWithin(sources.root, apart) },
    parameters: Object.fromEntries(
      Object.entries(config.parameters ?? {}).map(([name, given]) => [kernelName(name), given]),
    ),
    kconfig: config.kconfig ?? [],
    machine: config.machine ?? {},
    flavours: config.flavours ?? {},
    guest: config.guest ?? {},
    run: runOf(root, config),
    slurm: config.slurm ?? {},
    suites,
    xfail: config.xfail ?? [],
    kernelSuites: [config.suites ?? []].flat().filter(isKernelSuite),
    state,
  }
}

/** Kernels in folders are named from the project's; a module of a tree is run on that one. */
function runOf(root: string, { run = {}, tree }: PlacedConfig): RunDefaults {
  const around = tree === undefined ? undefined : [`path:${tree}`]
  return {
    ...run,
    ...defined({ kernels: run.kernels?.map(word => fromFolder(root, word)) ?? around }),
  }
}

const fromFolder = (root: string, word: string): string =>
  word.replace(
    /^(path|built):(.*)/,
    (_, scheme: string, path: string) => `${scheme}:${resolve(root, path)}`,
  )
