import { cp, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { packageRoot } from '../platform/package-root.js'
import { privateFolder, type PrivateFolder } from '../platform/private-folder.js'
import { moduleFolder, moduleName, project, type ProjectConfig } from './project.js'

/**
 * A copy of the checkout that may be changed: `modprove` runs in it with the same cache, and keeps its records in it.
 *
 * @param config another module and other suites than the project's; both lie in the copied folders
 */
export async function scratchCheckout(
  config: ProjectConfig = { ...project, module: moduleName },
): Promise<PrivateFolder> {
  const folder = await privateFolder()
  const copied = ['harness', 'images', project.suites, 'tsconfig.json']
  for (const name of copied) {
    await cp(join(packageRoot, name), join(folder.path, name), { recursive: true })
  }
  await cp(moduleFolder, join(folder.path, moduleName), { recursive: true })
  const described = JSON.parse(await readFile(join(packageRoot, 'package.json'), 'utf8')) as object
  await writeFile(
    join(folder.path, 'package.json'),
    JSON.stringify({ ...described, modprove: config }),
  )
  await symlink(join(packageRoot, 'node_modules'), join(folder.path, 'node_modules'))
  return folder
}
