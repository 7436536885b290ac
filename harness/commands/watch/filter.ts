import { createInterface } from 'node:readline/promises'
import { ModproveError } from '../../platform/errors.js'
import { patternOf } from '../../platform/names/test-matcher.js'

const QUESTION = 'tests whose name matches (a regular expression; empty for all): '

/**
 * Asks for a regular expression on the terminal.
 *
 * @returns undefined without a usable answer: Ctrl+D cancels the question, Ctrl+C ends the watch
 */
export async function askFilter(
  signal: AbortSignal,
  write: (text: string) => void,
): Promise<string | undefined> {
  const lines = createInterface({ input: process.stdin, output: process.stdout })
  const over = new AbortController()
  lines.once('SIGINT', () => process.kill(process.pid, 'SIGINT'))
  lines.once('close', () => over.abort())
  try {
    const limits = { signal: AbortSignal.any([signal, over.signal]) }
    const answer = (await lines.question(QUESTION, limits)).trim()
    patternOf(answer, 'not a regular expression')
    return answer
  } catch (error) {
    if (error instanceof ModproveError) write(`${error.message}\n`)
    return undefined
  } finally {
    lines.close()
  }
}
