import type { LogRecord } from '../../contract/log-record.js'
import { failureError, type ModproveError } from '../../platform/errors.js'
import { describeErrno, type SyscallError } from '../../guest/index.js'

/** The load of a module that failed. */
interface FailedLoad {
  /** `ring` */
  readonly name: string
  /** As for insmod(8): `ring npages=4`. */
  readonly asked: string
  readonly error: SyscallError
  /** All modules that were built, as the kernel names them. */
  readonly built: readonly string[]
  /** Records since it began. */
  readonly logged: readonly LogRecord[]
}

/** Logged for every out-of-tree module. */
const USUAL = /taints? kernel|module verification failed/

/** The error for a module that was not built, or does not load, with what the kernel logged. */
export function loadFailure({ name, asked, error, built, logged }: FailedLoad): ModproveError {
  const code = 'MODULE_DOES_NOT_LOAD'
  // finit_module(2) gives ENOENT for a missing symbol.
  if (error.syscall === 'openat' && error.code === 'ENOENT') {
    const names = built.join(', ')
    return failureError(code, `No module ${name} was built`, {
      detail: names === '' ? 'none was built' : `built: ${names}`,
      remedy: 'Correct the name in the suite, or obj-m in the makefile of the module',
      cause: error,
    })
  }
  const { name: errno, text } = describeErrno(error.errno)
  const words = logged.map(record => record.text).filter(line => !USUAL.test(line))
  return failureError(code, `insmod ${asked} fails: ${errno} (${text})`, {
    detail: words.length === 0 ? 'the kernel logged nothing about it' : words.join('\n'),
    cause: error,
  })
}
