import { stat } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { usageError } from '../platform/errors.js'
import { isThere } from '../platform/is-there.js'
import { packageRoot } from '../platform/package-root.js'
import { defined } from '../platform/pick.js'
import type { ModuleConfig, ProjectConfig } from './config-schema.js'
import { readDkms } from './dkms.js'
import { findConfig } from './find-config.js'
import { commonRoot, firstFolder, pathsWithin, type ModuleSources } from './module-sources.js'
import { readConfig } from './read-config.js'

/** What is tested, and by what. Plain data: read once, passed down, and sent between processes. */
export interface Project {
  /** Its name in reports and the history. */
  readonly name: string
  /** Absolute: the folder of its configuration. */
  readonly root: string
  readonly module: ModuleSources
  /** Module → parameter → the value that it is loaded with where a suite says none. */
  readonly parameters: Readonly<Record<string, Readonly<Record<string, string | number>>>>
  /** Absolute folder of the Kconfig fragments that its kernels need besides; need not exist. */
  readonly kconfig: string
  /** Absolute folder of the suites; need not exist. */
  readonly suites: string
  /** Absolute folder of records, history and compiled files: `.modprove`. */
  readonly state: string
}

/**
 * The project of a folder: the nearest one upward.
 *
 * @throws ModproveError `NO_PROJECT`, and `CONFIGURATION` with all faults
 */
export async function readProject(from = process.cwd()): Promise<Project> {
  const found = await findConfig(from)
  const root = dirname(found.file)
  const config = await withDkms(root, await readConfig(found, join(root, '.modprove')))
  const project = projectOf(found.file, config, found.name)
  await requirePaths(found.file, project, config)
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
export function projectOf(file: string, config: ProjectConfig, packageName?: string): Project {
  const root = dirname(file)
  const suites = resolve(root, config.suites ?? 'suites')
  const state = join(root, '.modprove')
  const sources = sourcesOf(root, config)
  const kconfig = join(firstFolder(sources), 'kconfig')
  const apart = [
    kconfig,
    packageRoot,
    join(packageRoot, 'harness'),
    join(packageRoot, 'images'),
    suites,
    state,
  ]
  return {
    name: config.name ?? packageName ?? basename(root),
    root,
    module: { ...sources, leftOut: pathsWithin(sources.root, apart) },
    parameters: config.parameters ?? {},
    kconfig,
    suites,
    state,
  }
}

function sourcesOf(project: string, config: ProjectConfig): Omit<ModuleSources, 'leftOut'> {
  const { include = [] } = config
  const [first = HERE, ...others] = modulesOf(config).map(([, module]) => module)
  const paths = [first, ...others].map(({ folder }) => folder)
  const root = commonRoot(
    project,
    [...paths, ...include].map(path => resolve(project, path)),
  )
  const named = (path: string): string => relative(root, resolve(project, path))
  const folderOf = ({ folder, make = {}, prepare }: ModuleConfig) => ({
    name: named(folder),
    make,
    ...defined({ prepare }),
  })
  return {
    root,
    folders: [folderOf(first), ...others.map(folderOf)],
    include: include.map(named),
  }
}

const HERE: ModuleConfig = { folder: '.' }

/** The modules' folders, each with the field that names it: `modules[1]`. */
const modulesOf = ({ module = HERE, modules }: ProjectConfig): [string, ModuleConfig][] =>
  modules?.map((each, index) => [`modules[${index}]`, each]) ?? [['module', module]]

/** Names that options of the compiler and lines of the kernel's log can hold. */
const PLAIN_NAME = /^[\w.+/-]+$/

async function requirePaths(
  file: string,
  { root, module, suites }: Project,
  config: ProjectConfig,
): Promise<void> {
  const faults: string[] = []
  const folders = modulesOf(config).map(([field, { folder }]) => [field, resolve(root, folder)])
  if (config.suites !== undefined) folders.push(['suites', suites])
  for (const [field, folder = ''] of folders) {
    const found = await stat(folder).catch(() => undefined)
    if (found?.isDirectory() === true) continue
    faults.push(
      `${field} should be a folder: ${folder} ${found === undefined ? 'does not exist' : 'is a file'}`,
    )
  }
  for (const path of config.include ?? [])
    if (!(await isThere(resolve(root, path))))
      faults.push(`include should be what is there: ${resolve(root, path)} does not exist`)
  for (const { name } of module.folders)
    if (!PLAIN_NAME.test(name))
      faults.push(
        `make builds nothing in ${join(module.root, name)}: its name from ${module.root} should have only letters, digits, and . _ + -`,
      )
  if (faults.length === 0) return
  throw usageError('CONFIGURATION', `${file}: ${faults.join('; ')}`, {
    remedy: `Correct ${file}: paths are relative to its folder`,
  })
}
