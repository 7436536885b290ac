import {
  ownReferences,
  PERMANENT,
  SyscallError,
  usersOf,
  type ProcModule,
} from '../../guest/index.js'

/** Whether the kernel never unloads a module, which has no exit function. */
export const isPermanent = (line: ProcModule): boolean => usersOf(line).includes(PERMANENT)

/** Why the kernel does not unload a module, by its line in /proc/modules; undefined if unknown. */
function reasonOf(line: ProcModule): string | undefined {
  const [, , count = '0', , state] = line
  const named = usersOf(line)
  if (isPermanent(line)) return 'it has no exit function: module_exit() is missing'
  if (state === 'Loading') return 'its init function still runs'
  if (state === 'Unloading') return 'its exit function still runs'
  const others = ownReferences(line)
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
export function unloadFailure(error: SyscallError, line: ProcModule): SyscallError {
  const reason = reasonOf(line)
  const { syscall, args, errno } = error
  return reason === undefined ? error : new SyscallError(syscall, args, errno, reason)
}
