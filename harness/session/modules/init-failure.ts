import type { SyscallError } from '../../guest/index.js'
import { locationText } from '../../platform/text/source-text.js'
import type { Frame } from '../../verdict/index.js'

/** What an init function usually means by an error. */
const USUALLY: Readonly<Record<string, string>> = {
  EBUSY: 'a number, a name or a region that it takes is in use',
  EEXIST: 'a name that it registers is there already',
  EINVAL: 'a call was given what it refuses',
  ENODEV: 'the machine has no device of its kind, or no bus for it',
  ENOENT: 'what it looks for by name is not there',
  ENOMEM:
    'an allocation failed, or a call gave NULL for another reason: a /proc name that is there',
  ENOSYS: 'the kernel was built without what it calls',
  ENXIO: 'the machine has no device of its kind',
  EOPNOTSUPP: 'the kernel was built without what it calls',
}

/** Before init runs: not a module of this kernel, or one that it does not take. */
const OF_THE_LOADER = ['ENOEXEC', 'EKEYREJECTED', 'EPERM']
/** kernel/module/main.c, kernel/module/version.c and kernel/params.c say so. */
const LOADER_SAYS =
  /: (?:Unknown symbol|disagrees about version|no symbol version|version magic|exports duplicate symbol|unknown parameter)|for parameter `|Lockdown: /

/**
 * Which function gave the error of a load, and what that usually means; a line, or none.
 * @param words of the kernel's log
 * @param init the module's init function
 */
export function initAdvice(
  error: SyscallError,
  words: readonly string[],
  init: Frame | undefined,
): string[] {
  if (error.syscall !== 'finit_module' || init === undefined) return []
  if (OF_THE_LOADER.includes(error.code) || words.some(line => LOADER_SAYS.test(line))) return []
  const { function: name, location } = init
  const at = location === undefined ? '' : ` at ${locationText(location)}`
  const usually = USUALLY[error.code]
  const means = usually === undefined ? '' : `. ${error.code} usually means: ${usually}`
  return [`Its init function, ${name}${at}, returns ${error.code}${means}`]
}
