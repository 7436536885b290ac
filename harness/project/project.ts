import { stat } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { wrongFile } from '../platform/checked-json.js'
import { packageRoot } from '../platform/package-root.js'
import { findConfig } from './find-config.js'
import { readConfig, type ProjectConfig } from './read-config.js'

/** A folder from which Kbuild builds modules. */
export interface ModuleFolder {
  /** Absolute. */
  readonly folder: string
  /**
   * Its name in compiler output, findings and records: `module` → `module/driver.c:42`. The path
   * below the project, else the folder's own name: a debugger resolves `../`, and a record must
   * stay in its folder.
   */
  readonly name: string
  /** Paths in it, relative to it, that are not the module's: the harness, suites, records. */
  readonly leftOut: readonly string[]
}

/** What is tested, and by what. Plain data: read once, passed down, and sent between processes. */
export interface Project {
  /** Its name in reports and the history. */
  readonly name: string
  /** Absolute: the folder of its configuration. */
  readonly root: string
  readonly module: ModuleFolder
  /** Absolute folder of the Kconfig fragments that its kernels need besides; need not exist. */
  readonly kconfig: string
  /** Absolute folder of the suites. */
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
  const state = join(dirname(found.file), '.modprove')
  const project = projectOf(found.file, await readConfig(found, state), found.name)
  await requireFolders(found.file, project)
  return project
}

/** @param packageName `name` of a package.json beside the configuration */
export function projectOf(file: string, config: ProjectConfig, packageName?: string): Project {
  const root = dirname(file)
  const [module, suites] = [resolve(root, config.module), resolve(root, config.suites)]
  const state = join(root, '.modprove')
  const kconfig = join(module, 'kconfig')
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
    module: {
      folder: module,
      name: moduleFolderName(module, root),
      leftOut: within(module, apart),
    },
    kconfig,
    suites,
    state,
  }
}

/** Replaces by `_` what would break compiler options or kernel log lines. */
function moduleFolderName(folder: string, root: string): string {
  const [below] = within(root, [folder])
  return (below ?? basename(folder)).replaceAll(/[^\w.+/-]/g, '_')
}

/** The paths below a folder, relative to it. */
const within = (folder: string, paths: readonly string[]): string[] =>
  paths
    .map(path => relative(folder, path))
    .filter(path => path !== '' && !isAbsolute(path) && path.split('/')[0] !== '..')

async function requireFolders(file: string, { module, suites }: Project): Promise<void> {
  const faults: string[] = []
  for (const [field, folder] of Object.entries({ module: module.folder, suites })) {
    const found = await stat(folder).catch(() => undefined)
    if (found?.isDirectory() === true) continue
    faults.push(
      `${field} should be a folder: ${folder} ${found === undefined ? 'does not exist' : 'is a file'}`,
    )
  }
  if (faults.length === 0) return
  throw wrongFile(file, faults, { remedy: `Correct ${file}: paths are relative to its folder` })
}
