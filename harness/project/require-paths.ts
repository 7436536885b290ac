import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { wrongFile } from '../platform/checked-json.js'
import { isThere } from '../platform/is-there.js'
import type { ProjectConfig } from './config-schema.js'
import { modulesOf } from './configured-sources.js'
import type { ModuleSources } from './module-sources.js'

/** Names that options of the compiler and lines of the kernel's log can hold. */
const PLAIN_NAME = /^[\w.+~/-]+$/

/**
 * Checks that all is there that a configuration names.
 * @param root its folder
 * @throws ModproveError `CONFIGURATION` with all mistakes
 */
export async function requirePaths(
  where: string,
  root: string,
  config: ProjectConfig,
  module: ModuleSources,
): Promise<void> {
  const mistakes: string[] = []
  const folders = modulesOf(config).map(([field, { folder }]) => [field, folder])
  if (config.suites !== undefined) folders.push(['suites', config.suites])
  for (const [field, path = ''] of folders) {
    const folder = resolve(root, path)
    const found = await stat(folder).catch(() => undefined)
    if (found?.isDirectory() === true) continue
    mistakes.push(
      `${field} should be a folder: ${folder} ${found === undefined ? 'does not exist' : 'is a file'}`,
    )
  }
  for (const path of config.include ?? [])
    if (!(await isThere(resolve(root, path))))
      mistakes.push(`include should be what is there: ${resolve(root, path)} does not exist`)
  for (const { name } of module.folders)
    if (!PLAIN_NAME.test(name))
      mistakes.push(
        `the name of ${join(module.root, name)} should have letters, digits and . _ + - ~ alone: "${name}" cannot be built`,
      )
  if (mistakes.length === 0) return
  throw wrongFile(where, mistakes, {
    remedy: `Correct the paths, which are relative to ${root}, or rename the folder`,
  })
}
