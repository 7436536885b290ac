// Not from the index: a worker builds nothing.
import { readModinfo } from '../../builder/modules/modinfo.js'
import { parameterNames } from '../../builder/modules/parameter-names.js'
import type { LogRecord } from '../../contract/log-record.js'
import type { SyscallError } from '../../guest/index.js'
import { failureError, type ModproveError } from '../../platform/errors.js'
import { didYouMean } from '../../platform/names/did-you-mean.js'
import { configPlace } from '../../project/config-place.js'
import type { ModuleSpec } from '../../suite-api/module-spec.js'
import type { MachineSetup } from '../job.js'

/** kernel/module/main.c, unknown_module_param_cb(): the module loads all the same. */
const IGNORED = /^(\S+): unknown parameter '(.+)' ignored$/
/** kernel/params.c, parse_args() */
const REFUSED = /^\S+: `.*' (?:too large|invalid) for parameter `(.+)'$/
/** What an init function returns that does not like a value. */
const OF_A_VALUE = ['EINVAL', 'ERANGE']

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
  const typed = (readModinfo(ko).get('parmtype') ?? []).map(text => text.replace(':', ': '))
  const names = parameterNames(ko)
  const known = names.map(name => typed.find(text => text.startsWith(`${name}: `)) ?? name)
  const near = ignored.map(parameter => didYouMean(parameter, names)).join('')
  return failureError(
    'UNKNOWN_PARAMETER',
    `insmod ${asked}: the module has no parameter ${ignored.join(', ')}, which the kernel ignores`,
    {
      remedy: `${near}It has ${known.length === 0 ? 'none' : known.join(', ')}. Correct ${place}`,
    },
  )
}

/**
 * Which parameters to correct, if a load may have failed for their values; a line, or none.
 * @param words of the kernel's log
 */
export async function refusedValues(
  project: MachineSetup['project'],
  module: ModuleSpec,
  error: SyscallError,
  words: readonly string[],
): Promise<string[]> {
  const refused = words.flatMap(line => REFUSED.exec(line)?.[1] ?? [])
  if (refused.length > 0) return [`Correct ${await placesOf(project, module, refused)}`]
  const given = Object.keys({ ...project.parameters[module.name], ...module.parameters })
  if (given.length === 0 || !OF_A_VALUE.includes(error.code)) return []
  return [`If a value is wrong, correct ${await placesOf(project, module, given)}`]
}

/** Where each of these parameters of a module is written. */
export async function placesOf(
  project: MachineSetup['project'],
  { name, parameters = {} }: ModuleSpec,
  wrong: readonly string[],
): Promise<string> {
  const places = wrong.map(async parameter =>
    Object.hasOwn(parameters, parameter)
      ? `modules: [{ name: '${name}', parameters: { ${parameter}: … } }] of the suite or the test`
      : configPlace(project, `parameters.${name}.${parameter}`, parameter),
  )
  return (await Promise.all(places)).join(' and ')
}
