import { usageError } from '../../platform/errors.js'
import { didYouMean } from '../../platform/names/did-you-mean.js'
import { shellQuote } from '../../platform/text/text.js'
import type { ExecOptions } from './command.js'

const OPTIONS = Object.keys({
  stdin: '',
  timeoutMs: 0,
  maxBytes: 0,
} satisfies Required<ExecOptions>)

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
  const words: readonly unknown[] = typeof command === 'string' ? [command.trim()] : command
  if (!Array.isArray(words) || words.length === 0 || words.some(word => typeof word !== 'string'))
    throw wrongCall(method, "a command line, or its words: ['ls', '/dev']")
  if (words[0] === '') throw wrongCall(method, 'a command: it is empty')
  const isObject = typeof options === 'object' && !Array.isArray(options)
  const unknown = isObject ? Object.keys(options).filter(key => !OPTIONS.includes(key)) : ['']
  if (unknown[0] !== undefined)
    throw wrongCall(
      method,
      `options such as { timeoutMs: 5000 }: ${OPTIONS.join(', ')}. ${didYouMean(unknown[0], OPTIONS)}`,
    )
  return typeof command === 'string' ? command : command.map(shellQuote).join(' ')
}

const wrongCall = (method: string, takes: string) =>
  usageError('SUITE_OPTIONS', `guest.${method}() takes ${takes}`.trim(), {
    remedy: 'Correct the call',
  })
