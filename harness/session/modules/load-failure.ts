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
  /** Modules that it depends on, and those that are loaded. */
  readonly depends: readonly string[]
  readonly loaded: readonly string[]
  /** Records since it began. */
  readonly logged: readonly LogRecord[]
}

/** Logged for every out-of-tree module. */
const USUAL = /taints? kernel|module verification failed/

/** The error for a module that was not built, or does not load, with what the kernel logged. */
export function loadFailure({
  name,
  asked,
  error,
  built,
  logged,
  ...others
}: FailedLoad): ModproveError {
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
  const advice = [...missingFirmware(words), ...missingModules(name, built, others)]
  return failureError(code, `insmod ${asked} fails: ${errno} (${text})`, {
    ...(advice.length === 0 ? {} : { remedy: advice.join('\n') }),
    detail: words.length === 0 ? 'the kernel logged nothing about it' : words.join('\n'),
    cause: error,
  })
}

/** drivers/base/firmware_loader/main.c: -2 is ENOENT. */
const NO_FIRMWARE = /Direct firmware load for (\S+) failed with error -2$/

function missingFirmware(words: readonly string[]): string[] {
  const names = words.flatMap(line => NO_FIRMWARE.exec(line)?.[1] ?? [])
  if (names.length === 0) return []
  const files = JSON.stringify(names.map(name => `firmware/${name}`))
  return [`Write in the configuration where its firmware is: "guest": { "firmware": ${files} }`]
}

/** Its siblings of the project that must be loaded before it. */
function missingModules(
  name: string,
  built: readonly string[],
  { depends, loaded }: Pick<FailedLoad, 'depends' | 'loaded'>,
): string[] {
  const missing = depends.filter(each => built.includes(each) && !loaded.includes(each))
  if (missing.length === 0) return []
  const order = [...missing, name].map(each => `{ name: '${each}' }`).join(', ')
  return [
    `${name} uses what ${missing.join(' and ')} exports. Load in this order: modules: [${order}]`,
  ]
}
