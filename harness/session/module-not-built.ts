import { basename } from 'node:path'
import { failureError, type ModproveError } from '../platform/errors.js'
import { SyscallError } from '../guest/index.js'

/**
 * The error for a module whose file is not in the guest; lists those that are. Undefined for
 * others.
 *
 * @param error of loading a module, caused by a system call
 * @param built all modules that were built, as the kernel names them
 */
export function moduleNotBuilt(
  error: ModproveError,
  built: readonly { readonly name: string }[],
): ModproveError | undefined {
  const { cause } = error
  // init_module(2) gives ENOENT for a missing symbol, too.
  if (!(cause instanceof SyscallError) || cause.code !== 'ENOENT') return undefined
  if (!cause.syscall.startsWith('open')) return undefined
  const file = /"([^"]*)"/.exec(cause.args.join(', '))?.[1] ?? ''
  const names = built.map(({ name }) => name).join(', ')
  return failureError(error.code, `No module ${basename(file, '.ko')} was built`, {
    detail: names === '' ? 'none was built' : `built: ${names}`,
    remedy: 'Correct the name in the suite, or obj-m in the makefile of the module',
    cause,
  })
}
