import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { userModule } from '../compile/user-module.js'
import { checkValue, readJson, someText } from '../platform/checked-json.js'
import { ModproveError, usageError } from '../platform/errors.js'
import type { ConfigFile } from './find-config.js'

/** `modprove.config.*`, or "modprove" in `package.json`. Paths are relative to its folder. */
const configSchema = z.strictObject({
  name: someText()
    .optional()
    .describe(
      "What reports and the history call the project; default: package.json's name, else its folder's",
    ),
  module: someText().default('.').describe("Folder of the module's Kbuild file"),
  suites: someText().optional().describe('Folder of the suites; default: `suites`, if it exists'),
})

export type ProjectConfig = z.output<typeof configSchema>

/**
 * @param state folder for a script's compiled JavaScript
 * @throws ModproveError `CONFIGURATION` with all faults
 */
export async function readConfig(
  { file, kind }: ConfigFile,
  state: string,
): Promise<ProjectConfig> {
  if (kind === 'none') return configSchema.parse({})
  if (kind === 'json') return readJson(file, configSchema)
  if (kind === 'script') return checkValue(await exportedBy(file, state), file, configSchema)
  const described = JSON.parse(await readFile(file, 'utf8')) as { modprove: unknown }
  return checkValue(described.modprove, `${file}: "modprove"`, configSchema)
}

/** @throws ModproveError `CONFIGURATION`, also for whatever the script throws */
async function exportedBy(file: string, state: string): Promise<unknown> {
  const module = { file, name: basename(file), store: join(state, 'js') }
  try {
    const { default: exported } = (await import((await userModule(module)).href)) as {
      readonly default?: unknown
    }
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
