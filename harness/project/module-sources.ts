import { dirname, join, relative } from 'node:path'

/** A folder from which Kbuild builds modules. */
export interface ModuleFolder {
  /** Its path from the root: `module`; `.` for the root itself. */
  readonly name: string
  /** Variables of make's command line: `VERSION` → `1.2`. */
  readonly make: Readonly<Record<string, string>>
  /** A shell command that is run in a copy of the folder, before make. */
  readonly prepare?: string
  /** For a module of the kernel's own tree. */
  readonly inTree?: InTree
}

/** A module whose folder is one of a kernel's tree, which has others too. */
export interface InTree {
  /** The tree, absolute. */
  readonly tree: string
  /** As the folder's makefile names it, without `.o`. */
  readonly object: string
  /** Its C files, absolute: no kernel is built anew for a change in them. */
  readonly sources: readonly string[]
  /** `CONFIG_DUMMY`; empty if the makefile names none. */
  readonly option: string
}

/** Where the modules' sources are. */
export interface ModuleSources {
  /**
   * Absolute. Compiler output, findings and records name files by their path from here:
   * `module/ring.c`, or `ring.c`. A copy of the sources differs in its root alone.
   */
  readonly root: string
  /** In the order in which they are built. The first has `kconfig/` and `mutants/`. */
  readonly folders: readonly [ModuleFolder, ...ModuleFolder[]]
  /** Further files and folders that are copied with them; from the root. */
  readonly include: readonly string[]
  /** Paths that are not the modules': harness, suites, records; from the root. */
  readonly leftOut: readonly string[]
}

/** Paths of all sources from the root, each a folder or a file. */
export const sourcePaths = ({
  folders,
  include,
}: Pick<ModuleSources, 'folders' | 'include'>): readonly string[] => [
  ...folders.map(({ name }) => name),
  ...include,
]

/** Absolute path of the first folder. */
export const firstFolder = ({
  root,
  folders: [{ name }],
}: Pick<ModuleSources, 'root' | 'folders'>): string => join(root, name)

/** For messages: `module/, tools/`. */
export const shownFolders = ({ folders }: Pick<ModuleSources, 'folders'>): string =>
  folders.map(({ name }) => `${name}/`).join(', ')

/**
 * The folder from which sources are named: the project's, or the nearest above it below which they
 * all are. A debugger resolves `../`, and a record must stay in its folder.
 *
 * @param paths of the sources; absolute
 */
export function commonRoot(project: string, paths: readonly string[]): string {
  let root = project
  while (pathsWithin(root, paths).length < paths.length) root = dirname(root)
  return root
}

/** The paths of a folder and of what is below it, relative to it: `.` is the folder. */
export const pathsWithin = (folder: string, paths: readonly string[]): string[] =>
  paths.map(path => pathFrom(folder, path)).filter(path => path.split('/')[0] !== '..')

/** A path relative to a folder, which is `.` itself. @param path absolute */
export const pathFrom = (folder: string, path: string): string => relative(folder, path) || '.'
