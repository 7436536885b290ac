import type { LogRecord } from '../../contract/log-record.js'
import { failureError, type ModproveError } from '../../platform/errors.js'
import { didYouMean } from '../../platform/names/did-you-mean.js'
import { describeErrno, SyscallError } from '../../guest/index.js'
import { FindingReader } from '../../verdict/index.js'

const DOES_NOT_LOAD = 'MODULE_DOES_NOT_LOAD'

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
  /** What the kernel logged since it began: {@link wordsOf}. */
  readonly words: readonly string[]
  /** What to do about firmware that it lacks, and parameters. */
  readonly advice: readonly string[]
}

/** Logged for every out-of-tree module. */
const USUAL = /taints? kernel|module verification failed/

/** The log of a load. Of a report, which becomes a finding, only the title. */
export function wordsOf(logged: readonly LogRecord[]): string[] {
  const reader = new FindingReader()
  const reports = [...logged.flatMap(record => reader.push(record)), ...reader.end()]
  return logged.flatMap(({ sequence, text }) => {
    const report = reports.find(
      each => each.firstSequence <= sequence && sequence <= each.lastSequence,
    )
    if (report !== undefined) return sequence === report.firstSequence ? [report.title] : []
    return USUAL.test(text) ? [] : [text]
  })
}

/**
 * The failed finit_module(2), as `strace -y` shows it, with the kernel's words.
 * @param advice what to do about it
 */
export function refusedLoad(
  error: SyscallError,
  path: string,
  words: readonly string[],
  advice: readonly string[],
): SyscallError {
  const [fd = '', ...others] = error.args
  const reason = words.length === 0 ? 'the kernel logged nothing about it' : words.join('; ')
  const told = [reason, ...advice].join('. ')
  return new SyscallError(error.syscall, [`${fd}<${path}>`, ...others], error.errno, told)
}

/** @param built all modules that were, as the kernel names them */
export function notBuilt(name: string, built: readonly string[]): ModproveError {
  return failureError(DOES_NOT_LOAD, `No module ${name} was built`, {
    detail: built.length === 0 ? 'none was built' : `built: ${built.join(', ')}`,
    remedy: `${didYouMean(name, built)}Correct the name in the suite, or obj-m in the makefile of the module`,
  })
}

/** The error for a module that does not load, with what the kernel logged. */
export function loadFailure({
  name,
  asked,
  error,
  built,
  words,
  advice,
  ...others
}: FailedLoad): ModproveError {
  const { name: errno, text } = describeErrno(error.errno)
  const remedies = [...advice, ...missingModules(name, built, others)]
  return failureError(DOES_NOT_LOAD, `insmod ${asked} fails: ${errno} (${text})`, {
    ...(remedies.length === 0 ? {} : { remedy: remedies.join('\n') }),
    detail: words.length === 0 ? 'the kernel logged nothing about it' : words.join('\n'),
    cause: error,
  })
}

/** drivers/base/firmware_loader/main.c: -2 is ENOENT. */
const NO_FIRMWARE = /Direct firmware load for (\S+) failed with error -2$/

/** Files that the kernel did not find. @param words of its log */
export const refusedFirmware = (words: readonly string[]): string[] =>
  words.flatMap(line => NO_FIRMWARE.exec(line)?.[1] ?? [])

/** security/lockdown/lockdown.c; the words are those of security/security.c */
const LOCKED_DOWN = /^Lockdown: .*: unsigned module loading is restricted/

/**
 * What to do about a kernel that refuses every module without a signature of its own; a line, or
 * none (kernel/module/signing.c, module_sig_check()).
 * @param words of its log
 */
export function refusedSignature(error: SyscallError, words: readonly string[]): string[] {
  const way = (how: string): string[] => [
    `This kernel loads only modules that are signed, and modprove signs none: ${how}`,
  ]
  if (error.code === 'EKEYREJECTED')
    return way('build it with CONFIG_MODULE_SIG_FORCE=n, and boot it without module.sig_enforce')
  if (words.some(line => LOCKED_DOWN.test(line)))
    return way('build it with CONFIG_SECURITY_LOCKDOWN_LSM=n, or boot it without lockdown=')
  return []
}

/** Modules of the project that must be loaded before it. */
function missingModules(
  name: string,
  built: readonly string[],
  { depends, loaded }: Pick<FailedLoad, 'depends' | 'loaded'>,
): string[] {
  const missing = depends.filter(each => built.includes(each) && !loaded.includes(each))
  if (missing.length === 0) return []
  const order = [...missing, name]
  return [
    `${name} uses what ${missing.join(' and ')} exports. Load them in this order, in the comment of a C or shell suite, or in TypeScript:`,
    `  modprove: modules=${order.join(',')}`,
    `  modules: [${order.map(each => `{ name: '${each}' }`).join(', ')}]`,
  ]
}
