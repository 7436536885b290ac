import { basename, join } from 'node:path'
import { z } from 'zod'
import { userModule } from '../compile/user-module.js'
import { checkValue, readJson, someText, textLike } from '../platform/checked-json.js'
import { ModproveError, usageError } from '../platform/errors.js'
import { readHint } from '../platform/lenient-json.js'
import type { ConfigFile } from './find-config.js'

const path = () => textLike(/\S/, 'a path')

/** `modprove.config.*`, or "modprove" in `package.json`. Paths are relative to its folder. */
const configSchema = z.strictObject({
  name: someText()
    .optional()
    .describe(
      "What reports and the history call the project; default: package.json's name, else its folder's",
    ),
  module: path().describe("Folder of the module's Kbuild file"),
  suites: path().describe('Folder of the suites'),
})

export type ProjectConfig = z.input<typeof configSchema>

/**
 * @param state folder for a script's compiled JavaScript
 * @throws ModproveError `CONFIGURATION` with all faults
 */
export async function readConfig(
  { file, kind }: ConfigFile,
  state: string,
): Promise<ProjectConfig> {
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
