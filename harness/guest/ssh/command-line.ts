import { z } from 'zod'
import { mistakesIn, textLike, wrongFile } from '../../platform/files/checked-json.js'
import { shellQuote } from '../../platform/text/text.js'
import type { ExecOptions } from './command.js'

const MORE_THAN_0 = 'a number, more than 0'
const moreThan0 = z.number({ error: MORE_THAN_0 }).positive({ error: MORE_THAN_0 }).optional()
const WORDS = "a command line, or its words: ['ls', '/dev']"

const call = z.strictObject({
  command: z.union([textLike(/\S/, WORDS), z.array(z.string()).min(1)], { error: WORDS }),
  options: z.strictObject(
    {
      stdin: z.union([z.string(), z.instanceof(Uint8Array)], { error: 'text or bytes' }).optional(),
      timeoutMs: moreThan0,
      maxBytes: moreThan0,
    } satisfies Readonly<Record<keyof ExecOptions, z.ZodType>>,
    {
      error: ({ code }) => (code === 'invalid_type' ? 'an object: { timeoutMs: 5000 }' : undefined),
    },
  ),
})

/**
 * A command line unchanged, or of quoted words.
 * @param method how messages name the call
 * @throws ModproveError `SUITE_OPTIONS`: suites are not type-checked when they run
 */
export function commandLine(
  method: 'exec' | 'stream',
  command: string | readonly string[],
  options: ExecOptions = {},
): string {
  const mistakes = mistakesIn(call, { command, options })
  if (mistakes.length > 0)
    throw wrongFile(`guest.${method}()`, mistakes, {
      code: 'SUITE_OPTIONS',
      remedy: 'Correct the call',
    })
  return typeof command === 'string' ? command : command.map(shellQuote).join(' ')
}
