import { harnessError, type ModproveError } from '../errors.js'

/** errno(3) names for missing permissions and read-only file systems. */
const NOT_PERMITTED = ['EACCES', 'EPERM', 'EROFS']

/** Wraps an error of a file or folder that may not be written or read; undefined for others. */
export function notPermitted(error: unknown): ModproveError | undefined {
  const { code = '', path, syscall } = (error ?? {}) as NodeJS.ErrnoException
  // On a read-only file system, Node's recursive mkdir reports ENOENT.
  const isRefused = NOT_PERMITTED.includes(code) || (code === 'ENOENT' && syscall === 'mkdir')
  if (path === undefined || !isRefused) return undefined
  return harnessError('NOT_PERMITTED', `${path} cannot be used: ${(error as Error).message}`, {
    remedy: 'See its owner and mode (ls -ld), and whether its file system is mounted read-only',
    cause: error,
  })
}
