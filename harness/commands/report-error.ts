import { tmpdir } from 'node:os'
import pc from '../platform/terminal/colours.js'
import { diskFull } from '../platform/files/disk-full.js'
import { EXIT, harnessError, ModproveError } from '../platform/errors.js'
import { cacheFolder } from '../platform/files/cache-folder.js'
import { indented } from '../platform/text/text.js'

/** errno(3) names for missing permissions and read-only file systems. */
const NOT_PERMITTED = ['EACCES', 'EPERM', 'EROFS']

function notPermitted(error: unknown): ModproveError | undefined {
  const { code = '', path, syscall } = (error ?? {}) as NodeJS.ErrnoException
  // On a read-only file system, Node's recursive mkdir reports ENOENT.
  const isOne = NOT_PERMITTED.includes(code) || (code === 'ENOENT' && syscall === 'mkdir')
  if (path === undefined || !isOne) return undefined
  return harnessError('NOT_PERMITTED', `${path} cannot be used: ${(error as Error).message}`, {
    remedy: 'See its owner and mode (ls -ld), and whether its file system is mounted read-only',
    cause: error,
  })
}

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
