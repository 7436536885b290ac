import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder that is installed: above the harness's sources, and above what is compiled of them. */
export const packageRoot = folderWith('package.json', dirname(fileURLToPath(import.meta.url)))

/** What a person calls `modprove`. */
export const commandFile = join(packageRoot, 'harness/cli/modprove.js')

const described = readFileSync(join(packageRoot, 'package.json'), 'utf8')

/** Of this harness. */
export const { version: packageVersion } = JSON.parse(described) as { readonly version: string }

function folderWith(name: string, from: string): string {
  if (existsSync(join(from, name))) return from
  const above = dirname(from)
  if (above === from) throw new Error(`no folder above this harness has a ${name}`)
  return folderWith(name, above)
}
