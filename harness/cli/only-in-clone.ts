import { absentInPackage } from '../platform/files/absent-in-package.js'
import { usageError } from '../platform/errors.js'

/** For `load` of what proves the harness. @throws ModproveError `NOT_IN_PACKAGE` (exit 2) */
export function onlyInClone(error: unknown): never {
  absentInPackage(error)
  throw usageError('NOT_IN_PACKAGE', 'This proves modprove itself, and is not in its package', {
    remedy: "Run it in a clone of modprove's repository",
  })
}
