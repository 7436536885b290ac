import { z } from 'zod'
import { someText } from '../platform/checked-json.js'

/** `modprove.config.*`, or "modprove" in `package.json`. Paths are relative to its folder. */
export const configSchema = z.strictObject({
  name: someText()
    .optional()
    .describe(
      "What reports and the history call the project; default: package.json's name, else its folder's",
    ),
  module: someText().default('.').describe("Folder of the module's Kbuild file"),
  suites: someText().optional().describe('Folder of the suites; default: `suites`, if it exists'),
})

export type ProjectConfig = z.output<typeof configSchema>
