import { z } from 'zod'
import { someText } from '../platform/checked-json.js'

/** `modprove.config.*`, or "modprove" in `package.json`. Paths are relative to its folder. */
export const configSchema = z.strictObject({
  name: someText()
    .optional()
    .describe(
      "What reports and the history call the project; default: package.json's name, else its folder's",
    ),
  module: someText().describe("Folder of the module's Kbuild file"),
  suites: someText().describe('Folder of the suites'),
})

export type ProjectConfig = z.input<typeof configSchema>
