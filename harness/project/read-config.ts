import { basename, join } from 'node:path'
import { userModule } from '../compile/user-module.js'
import { checkValue, readJson } from '../platform/checked-json.js'
import { ModproveError, usageError } from '../platform/errors.js'
import { readHint } from '../platform/lenient-json.js'
import { configSchema, type ProjectConfig } from './config-schema.js'
import type { ConfigFile } from './find-config.js'

/**
 * @param state folder for a script's compiled JavaScript
 * @throws ModproveError `CONFIGURATION` with all mistakes
 */
export async function readConfig(
  { file, kind }: ConfigFile,
  state: string,
): Promise<ProjectConfig> {
  if (kind === 'none') return configSchema.parse({})
  if (kind === 'json') return readJson(file, configSchema)
  if (kind === 'script') return checkValue(await exportedBy(file, state), file, configSchema)
  return checkValue((await readHint(file))['modprove'], `${file}: "modprove"`, configSchema)
}

/** @throws ModproveError `CONFIGURATION`, also for whatever the script throws */
async function exportedBy(file: string, state: string): Promise<unknown> {
  const module = { file, name: basename(file), store: join(state, 'js') }
  try {
    const { default: exported } = (await import((await userModule(module)).href)) as {
      readonly default?: unknown
    }
    if (exported === undefined) throw new Error('it has no default export')
    return exported
  } catch (cause) {
    const { message, detail } = cause as ModproveError
    throw usageError('CONFIGURATION', `${file} cannot be read: ${message}`, {
      detail,
      remedy: `Correct ${file}: it exports the configuration as its default`,
      cause,
    })
  }
}
