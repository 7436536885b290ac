import { tmpdir } from 'node:os'
import pc from '../platform/terminal/colours.js'
import { diskFull } from '../platform/files/disk-full.js'
import { EXIT, ModproveError } from '../platform/errors.js'
import { cacheFolder } from '../platform/files/cache-folder.js'
import { notPermitted } from '../platform/files/not-permitted.js'
import { indented } from '../platform/text/text.js'

/** Prints an error to standard error in the common format. @returns the exit status */
export function reportError(given: unknown): number {
  const error =
    diskFull(given, 'The command', [cacheFolder(), tmpdir()]) ?? notPermitted(given) ?? given
  if (!(error instanceof ModproveError)) {
    console.error(pc.red('modprove: internal error'))
    console.error(error)
    return EXIT.harness
  }
  console.error(`${pc.red('modprove:')} ${error.message}`)
  if (error.detail !== undefined) console.error(indented(error.detail, '  │ '))
  if (error.remedy !== undefined) console.error(indented(error.remedy, '  → '))
  return error.exitCode
}
