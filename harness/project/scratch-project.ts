import { cp, mkdir, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { isThere } from '../platform/files/is-there.js'
import { privateFolder, type PrivateFolder } from '../platform/files/private-folder.js'
import type { WrittenConfig } from './config-schema.js'
import { isConfigName } from './find-config.js'
import { sourcePaths, type ModuleSources } from './module-sources.js'
import { withPaths } from './named-files.js'
import type { Project } from './project.js'

/** What a copied project keeps; its suites' folder is named `suites`. */
export type CopiedProject = Omit<Project, 'module'> & {
  readonly module: Omit<ModuleSources, 'leftOut'>
}

/** A project in a new folder, with copies of its modules and suites, which may be changed. */
export async function scratchProject({
  name,
  root,
  module,
  parameters,
  suites,
  kernelSuites,
  xfail,
  state,
  machine,
  slurm,
  ...settings
}: CopiedProject): Promise<PrivateFolder> {
  const folder = await privateFolder()
  // In a module's folder may lie what configures the project, and what is written anew.
  const isLeftOut = (path: string): boolean =>
    path === state || path === suites || (dirname(path) === root && isConfigName(basename(path)))
  for (const path of sourcePaths(module))
    await cp(join(module.root, path), join(folder.path, path), {
      recursive: true,
      filter: source => !isLeftOut(source),
    })
  const copies = new Map<string, string>()
  const named = withPaths(settings, path => {
    const copy = join('named', String(copies.size), basename(path))
    copies.set(copy, path)
    return copy
  })
  for (const [copy, path] of copies)
    await cp(resolve(root, path), join(folder.path, copy), { recursive: true })
  const config = {
    ...named,
    machine,
    slurm,
    name,
    modules: module.folders.map(({ name: folder, ...how }) => ({ folder, ...how })),
    include: [...module.include],
    parameters,
    suites: ['suites', ...kernelSuites],
    xfail: [...xfail],
  } satisfies WrittenConfig
  const copy = join(folder.path, 'suites')
  if (await isThere(suites)) await cp(suites, copy, { recursive: true })
  else await mkdir(copy)
  await writeFile(join(folder.path, 'modprove.config.json'), JSON.stringify(config))
  return folder
}
