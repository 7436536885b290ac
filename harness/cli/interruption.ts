import { closeSync, openSync } from 'node:fs'
import { isatty } from 'node:tty'
import { EXIT, ModproveError } from '../platform/errors.js'
import type { Terminal } from '../platform/terminal/terminal.js'

/** The output's reader is gone: a closed pipe (`modprove run | head`) or terminal. */
export const isClosedOutput = ({ code = '' }: NodeJS.ErrnoException): boolean =>
  ['EPIPE', 'EIO', 'ENXIO'].includes(code)

/** Standard input, output and error. */
const STANDARD = [0, 1, 2]

/**
 * Prevents a crash at exit: Node restores terminal settings, and aborts if the terminal is gone
 * (ResetStdio(), src/node.cc), unless the descriptor has become another file.
 */
function outliveTheTerminal(): void {
  const terminals = STANDARD.filter(isatty)
  process.once('exit', () => {
    for (const descriptor of terminals.filter(each => !isatty(each))) {
      closeSync(descriptor)
      // Gets the lowest free number, which is the one just closed.
      openSync('/dev/null', 'r+')
    }
  })
}

/**
 * The first Ctrl+C, SIGTERM or SIGHUP aborts the signal, so that machines are discarded and the
 * record is closed; the second exits at once, and the kernel kills what this process owned
 * (`harness/platform/process/`). A closed output aborts, too, unless the command outlives its
 * reader.
 */
export function interruption(
  terminal: Terminal,
  { outlivesReader = false }: { readonly outlivesReader?: boolean } = {},
): AbortSignal {
  outliveTheTerminal()
  const controller = new AbortController()
  const onSignal = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted)
    terminal.say(`${name}: stopping; repeat to stop at once`)
    controller.abort(new ModproveError('INTERRUPTED', 'interrupted', `Interrupted by ${name}.`))
  }
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (!isClosedOutput(error)) throw error
      if (outlivesReader) return
      const why = new ModproveError('INTERRUPTED', 'interrupted', 'The output was closed.')
      controller.abort(why)
    })
  }
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, onSignal)
  return controller.signal
}
