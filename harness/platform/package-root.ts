import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The installed folder, above the harness's sources or its compiled files. */
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
  if (existsSync(join(from, name))) return from
  const above = dirname(from)
  if (above === from) throw new Error(`no folder above this harness has a ${name}`)
  return folderWith(name, above)
}
