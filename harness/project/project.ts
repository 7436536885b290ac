import { stat } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { usageError } from '../platform/errors.js'
import { packageRoot } from '../platform/package-root.js'
import { findConfig } from './find-config.js'
import type { ProjectConfig } from './config.js'
import { readConfig } from './read-config.js'

/** A folder that Kbuild builds modules of. */
export interface ModuleFolder {
  /** Absolute. */
  readonly folder: string
  /**
   * What compilers, findings and records call it: `module` → `module/driver.c:42`. Its path below the project; elsewhere its
   * own name, because a debugger resolves `../` and a record must not be left through it.
   */
  readonly name: string
  /** What lies in it and is none of the module's, relative to it: the harness, suites, records. */
  readonly leftOut: readonly string[]
}

/** What is tested, and with what. Plain data: it is read once, passed down, and crosses a process boundary. */
export interface Project {
  /** What reports and the history call it. */
  readonly name: string
  /** Absolute: the folder of its configuration. */
  readonly root: string
  readonly module: ModuleFolder
  /** Absolute folder of the Kconfig fragments that its kernels need besides; need not exist. */
  readonly kconfig: string
  /** Absolute folder of the suites. */
  readonly suites: string
  /** Absolute folder of records, history and what is compiled: `.modprove`. */
  readonly state: string
}

/**
 * The project of a folder: the nearest one upward that says it is one.
 *
 * @throws ModproveError `NO_PROJECT`, and `CONFIGURATION` with all that is wrong
 */
export async function readProject(from = process.cwd()): Promise<Project> {
  const found = await findConfig(from)
  const state = join(dirname(found.file), '.modprove')
  const project = projectOf(found.file, await readConfig(found, state), found.name)
  await requireFolders(found.file, project)
  return project
}

/** @param packageName what a package.json beside the configuration calls it */
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
    module: { folder: module, name: nameOf(module, root), leftOut: within(module, apart) },
    kconfig,
    suites,
    state,
  }
}

/** Exported for its test. Characters that a compiler's options or the kernel's log would break at become `_`. */
export function nameOf(folder: string, root: string): string {
  const [below] = within(root, [folder])
  return (below ?? basename(folder)).replaceAll(/[^\w.+/-]/g, '_')
}

/** Those of the paths that lie below a folder, relative to it. */
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
      `${field} should be a folder: ${folder} ${found === undefined ? 'is not there' : 'is a file'}`,
    )
  }
  if (faults.length === 0) return
  throw usageError('CONFIGURATION', `${file}: ${faults.join('; ')}`, {
    remedy: `Correct ${file}: paths are relative to its folder`,
  })
}
