import { readFile, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import { userModule } from '../compile/user-module.js'
import { checkValue, readJson } from '../platform/files/checked-json.js'
import { ModproveError, usageError } from '../platform/errors.js'
import { isObject, readHint } from '../platform/files/lenient-json.js'
import { configSchema, type ProjectConfig } from './config-schema.js'
import type { ConfigFile } from './find-config.js'
import { besideWhat } from './expected-failures.js'
import { wrongFlavours } from './flavour-names.js'
import { listOf } from './named-files.js'
import { missingPaths } from './missing-paths.js'

/**
 * @param state folder for a script's compiled JavaScript
 * @throws ModproveError `CONFIGURATION` with all mistakes: of form, and of what is not there
 */
export async function readConfig(found: ConfigFile, state: string): Promise<ProjectConfig> {
  const { file, kind } = found
  await requireFolder(state)
  const value = await writtenIn(found, state)
  const text = ['script', 'json'].includes(kind) ? await readFile(file, 'utf8') : ''
  const paths = await missingPaths(dirname(file), value)
  const { xfail } = isObject(value) ? value : {}
  const also = [...paths, ...(await wrongFlavours(value, text)), ...besideWhat(listOf(xfail))]
  const verb = kind === 'none' ? 'Name another in' : 'Correct'
  const remedy = `${verb} ${file}${paths.length === 0 ? '' : `: its paths are relative to ${dirname(file)}`}`
  const where = kind === 'package' ? `${file}: "modprove"` : file
  return checkValue(value, where, configSchema, { also, remedy, text })
}

/** @throws ModproveError `CONFIGURATION` for a file of the state's name */
async function requireFolder(state: string): Promise<void> {
  const found = await stat(state).catch(() => undefined)
  if (found?.isDirectory() === false)
    throw usageError(
      'CONFIGURATION',
      `${state} is a file, and should be a folder or not be there`,
      {
        remedy: 'Move it away: the records of runs are kept in a folder of this name',
      },
    )
}

async function writtenIn({ file, kind }: ConfigFile, state: string): Promise<unknown> {
  if (kind === 'none') return {}
  if (kind === 'script') return exportedBy(file, state)
  return kind === 'json' ? readJson(file, z.unknown()) : (await readHint(file))['modprove']
}

/** @throws ModproveError `CONFIGURATION`, also for what the script throws; as {@link userModule} */
async function exportedBy(file: string, state: string): Promise<unknown> {
  const module = { file, name: basename(file), store: join(state, 'js') }
  try {
    const { default: exported } = (await import((await userModule(module)).href)) as {
      readonly default?: unknown
    }
    if (exported === undefined) throw new Error('it has no default export')
    return exported
  } catch (cause) {
    // A disk that cannot be written to is no mistake of the file's.
    if (cause instanceof ModproveError && cause.outcome === 'harness') throw cause
    const { message, detail } = cause as ModproveError
    throw usageError('CONFIGURATION', `${file} cannot be read: ${message}`, {
      detail,
      remedy: `Correct ${file}: it exports the configuration as its default`,
      cause,
    })
  }
}
