import { z } from 'zod'
import type { Data } from '../contract/data.js'
import { readJson, someText } from '../platform/files/checked-json.js'

export const reason = z.strictObject({
  file: someText().describe('a source file, as reports name it: `module/ring.c`'),
  code: someText().describe('a part of the source line: line numbers move'),
  after: someText().exactOptional().describe('a part of the line before, where many look alike'),
  reason: someText().describe('why no test can reach it'),
})

/** Why no test can reach a piece of source. */
export type Reason = Data<z.infer<typeof reason>>

/**
 * Loads the project's list of unreachable code with reasons; empty if there is no such file.
 * @throws ModproveError `CONFIGURATION`
 */
export const loadReasons = (file: string): Promise<readonly Reason[]> =>
  readJson(file, z.array(reason), { absent: '[]' })
