import { readFileSync } from 'node:fs'
import { usageError } from './errors.js'
import { checkoutRoot } from './paths.js'

/** What `package.json` says under "modprove": all that is particular to the module under test. */
export interface ProjectConfig {
  /** Folder of the module's Kbuild file, relative to the root. */
  readonly module: string
  /** Folder of the suites, relative to the root. */
  readonly suites: string
}

interface PackageJson {
  readonly name: string
  readonly version: string
  readonly modprove: ProjectConfig
}

function read(): PackageJson {
  const file = `${checkoutRoot}/package.json`
  const parsed = JSON.parse(readFileSync(file, 'utf8')) as Partial<PackageJson>
  const config: Partial<ProjectConfig> = parsed.modprove ?? {}
  for (const key of ['module', 'suites'] as const) {
    if (typeof config[key] !== 'string') {
      throw usageError(
        'CONFIGURATION',
        `${file}: "modprove"."${key}" should be a folder, got ${JSON.stringify(config[key])}.`,
      )
    }
  }
  return parsed as PackageJson
}

export const packageJson: PackageJson = read()
export const project: ProjectConfig = packageJson.modprove
