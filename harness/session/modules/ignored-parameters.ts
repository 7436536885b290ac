import { readModinfo } from '../../builder/modules/modinfo.js'
import { failureError, type ModproveError } from '../../platform/errors.js'
import type { LogRecord } from '../../contract/log-record.js'

/** kernel/module/main.c, unknown_module_param_cb(): the module loads all the same. */
const IGNORED = /^(\S+): unknown parameter '(.+)' ignored$/

/** Parameters that the kernel logged as ignored for this module. */
export const ignoredParameters = (
  module: string,
  records: readonly LogRecord[],
): { readonly parameter: string; readonly sequence: number }[] =>
  records.flatMap(({ facility, text, sequence }) => {
    const [, name, parameter = ''] = IGNORED.exec(text) ?? []
    return facility === 0 && name === module ? [{ parameter, sequence }] : []
  })

/**
 * The error for parameters that a module does not have; lists those that it has.
 *
 * @param ko the module's object file
 * @param place where they are written
 */
export function unknownParameter(
  asked: string,
  ignored: readonly string[],
  ko: Buffer,
  place: string,
): ModproveError {
  const known = (readModinfo(ko).get('parmtype') ?? []).map(text => text.replace(':', ': '))
  return failureError(
    'UNKNOWN_PARAMETER',
    `insmod ${asked}: the module has no parameter ${ignored.join(', ')}, which the kernel ignores`,
    {
      remedy: `It has ${known.length === 0 ? 'none' : known.join(', ')}. Correct ${place}`,
    },
  )
}
