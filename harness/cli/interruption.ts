import { closeSync, openSync } from 'node:fs'
import { isatty } from 'node:tty'
import { EXIT, ModproveError } from '../platform/errors.js'
import { isClosedOutput } from './closed-output.js'
import type { Terminal } from '../platform/terminal.js'

/** Standard input, output and error. */
const STANDARD = [0, 1, 2]

/**
 * Node gives a terminal its settings back when it exits, and aborts where there is no terminal any more (ResetStdio(),
 * src/node.cc): a descriptor that has become another file is left alone.
 */
function outliveTheTerminal(): void {
  const terminals = STANDARD.filter(isatty)
  process.once('exit', () => {
    for (const descriptor of terminals.filter(each => !isatty(each))) {
      closeSync(descriptor)
      // Takes the lowest number that is free: the same.
      openSync('/dev/null', 'r+')
    }
  })
}

/**
 * The first Ctrl+C, SIGTERM or SIGHUP aborts the signal that everything waits with, so that machines are
 * discarded and the record is closed; the second ends the process at once, and the kernel then kills what
 * it owned (`harness/platform/process/`). An output that was closed aborts it, too, unless the work outlives its reader.
 */
export function interruption(
  terminal: Terminal,
  { outlivesReader = false }: { readonly outlivesReader?: boolean } = {},
): AbortSignal {
  outliveTheTerminal()
  const controller = new AbortController()
  const onSignal = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted)
    terminal.say(`${name}: stopping; once more to stop at once`)
    controller.abort(new ModproveError('INTERRUPTED', EXIT.interrupted, `Interrupted by ${name}.`))
  }
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (!isClosedOutput(error)) throw error
      if (outlivesReader) return
      const why = new ModproveError('INTERRUPTED', EXIT.interrupted, 'The output was closed.')
      controller.abort(why)
    })
  }
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, onSignal)
  return controller.signal
}
