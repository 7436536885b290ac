import { readFileSync } from 'node:fs'
import { basename, isAbsolute, join, relative, resolve } from 'node:path'
import { usageError } from '../platform/errors.js'
import { packageRoot } from '../platform/package-root.js'

/** What `package.json` says under "modprove": all that is particular to the module under test. */
export interface ProjectConfig {
  /** Folder of the module's Kbuild file: absolute, or relative to the root, which it may lie beside or above. */
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
  const file = `${packageRoot}/package.json`
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

/** Absolute. */
export const moduleFolder = resolve(packageRoot, project.module)
/** Kconfig fragments that are merged over those of images/config/ with the same names; need not exist. */
export const kconfigFolder = join(moduleFolder, 'kconfig')
export const suitesFolder = resolve(packageRoot, project.suites)

/**
 * What compilers, findings and records call the module's folder: `module` → `module/driver.c:42`. Its path below the
 * checkout; elsewhere its own name, because a debugger resolves `../` and a record must not be left through it.
 */
export const moduleName = nameOf(moduleFolder, packageRoot)

/** Exported for its test. Characters that a compiler's options or the kernel's log would break at become `_`. */
export function nameOf(folder: string, root: string): string {
  const below = relative(root, folder)
  const isBelow = below !== '' && !isAbsolute(below) && below.split('/')[0] !== '..'
  return (isBelow ? below : basename(folder)).replaceAll(/[^\w.+/-]/g, '_')
}

/** What those names are relative to. */
export const moduleRoot = moduleFolder.slice(0, -moduleName.length - 1)
