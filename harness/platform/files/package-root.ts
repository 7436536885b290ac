import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The installed folder. Above the harness's compiled files is a link to its package.json. */
export const packageRoot = folderWith('package.json', dirname(fileURLToPath(import.meta.url)))

/** The executable `modprove`. */
export const commandFile = join(packageRoot, 'harness/cli/modprove.js')

const described = readFileSync(join(packageRoot, 'package.json'), 'utf8')

const { version, repository } = JSON.parse(described) as {
  readonly version: string
  readonly repository: string
}

export const packageVersion = version

/** Where this is published, as GitHub names it: `owner/name`. */
export const packageRepository = repository.replace('github:', '')

function folderWith(name: string, from: string): string {
  if (existsSync(join(from, name))) return dirname(realpathSync(join(from, name)))
  const above = dirname(from)
  if (above === from) throw new Error(`no folder above this harness has a ${name}`)
  return folderWith(name, above)
}
