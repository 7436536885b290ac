import t from 'tap'
import { failureError } from '../platform/errors.js'
import { script } from '../platform/process/script.js'
import { reportError } from './report-error.js'

void t.test('what a guest said acts neither on the terminal nor on a CI', async t => {
  const { args } = t.capture(console, 'error')
  const said = '\u001b]0;title\u0007\n::error::forged'
  const error = failureError('MODULE_DOES_NOT_LOAD', said, { detail: said, remedy: said })
  t.equal(reportError(error), 1)
  const printed = args().flat().join('\n')
  t.match(printed, /\\x1b\]0;title/)
  t.notMatch(printed, /[\u0007]|\u001b\]|^\W*::/mu)
})

void t.test('a program that this host lacks is named, and is no internal error', async t => {
  const { args } = t.capture(console, 'error')
  const error: unknown = await script()`no-such-program madison`.catch((cause: unknown) => cause)
  t.equal(reportError(error), 3)
  const printed = args().flat().join('\n')
  t.match(printed, /is not in PATH\n.*no-such-program: command not found\n/)
  t.notMatch(printed, /internal error/)
})
