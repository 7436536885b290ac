import { SyscallError } from '../../guest/index.js'

/** Why the kernel does not unload a module, by its line in /proc/modules; undefined if unknown. */
function reasonOf([, , count = '0', users = '-', state]: readonly string[]): string | undefined {
  const named = users.split(',').filter(user => user !== '' && user !== '-')
  if (named.includes('[permanent]')) return 'it has no exit function: module_exit() is missing'
  if (state === 'Loading') return 'its init function still runs'
  if (state === 'Unloading') return 'its exit function still runs'
  const others = Number(count) - named.length
  const held = [
    ...(named.length === 0 ? [] : [`used by ${named.join(', ')}`]),
    ...(others > 0
      ? [
          `${others} held by no module: open files, mounts, or try_module_get() without module_put()`,
        ]
      : []),
  ]
  return held.length === 0 ? undefined : `its count is ${count}: ${held.join('; ')}`
}

/** The failed delete_module(2), with the reason where /proc/modules has one. */
export function unloadFailure(error: SyscallError, line: readonly string[]): SyscallError {
  const reason = reasonOf(line)
  const { syscall, args, errno } = error
  return reason === undefined ? error : new SyscallError(syscall, args, errno, reason)
}
