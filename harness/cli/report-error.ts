import { tmpdir } from 'node:os'
import pc from '../colours.js'
import { diskFull } from '../disk-full.js'
import { EXIT, ModproveError } from '../errors.js'
import { cacheFolder } from '../paths.js'

const indent = (text: string, by: string): string =>
  text
    .trimEnd()
    .split('\n')
    .map(line => by + line)
    .join('\n')

/** Prints an error on standard error the way each of ours reads, and returns the exit status that goes with it. */
export function reportError(given: unknown): number {
  const error = diskFull(given, 'What was to be done', [cacheFolder(), tmpdir()]) ?? given
  if (!(error instanceof ModproveError)) {
    console.error(pc.red('modprove: internal error'))
    console.error(error)
    return EXIT.harness
  }
  console.error(`${pc.red('modprove:')} ${error.message}`)
  if (error.detail !== undefined) console.error(indent(error.detail, '  │ '))
  if (error.remedy !== undefined) console.error(indent(error.remedy, '  → '))
  return error.exitCode
}
