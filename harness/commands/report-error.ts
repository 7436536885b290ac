import { tmpdir } from 'node:os'
import pc from '../platform/terminal/colours.js'
import { diskFull } from '../platform/files/disk-full.js'
import { EXIT, ModproveError } from '../platform/errors.js'
import { cacheFolder } from '../platform/files/cache-folder.js'
import { notPermitted } from '../platform/files/not-permitted.js'
import { programMissing } from '../platform/process/program-missing.js'
import { escapeTerminal, indented } from '../platform/text/text.js'

/** Prints an error to standard error in the common format. @returns the exit status */
export function reportError(given: unknown): number {
  const error =
    diskFull(given, 'The command', [cacheFolder(), tmpdir()]) ??
    notPermitted(given) ??
    programMissing(given) ??
    given
  if (!(error instanceof ModproveError)) {
    console.error(pc.red('modprove: internal error'))
    console.error(error)
    return EXIT.harness
  }
  // A guest may have said parts of them: `shell` shows what the kernel logged of a failed load.
  console.error(`${pc.red('modprove:')} ${escapeTerminal(error.message)}`)
  const { detail, remedy } = error
  if (detail !== undefined) console.error(indented(escapeTerminal(detail), '  │ '))
  if (remedy !== undefined) console.error(indented(escapeTerminal(remedy), '  → '))
  return error.exitCode
}
