import { readdir } from 'node:fs/promises'
import { failureError, type ModproveError } from '../../platform/errors.js'
import { defined } from '../../platform/pick.js'
import type { Project } from '../../project/project.js'
import { compilerErrors } from './compiler-lines.js'
import {
  ignoredFlags,
  missingHeaders,
  missingSources,
  unsetVariables,
  whyNoModule,
} from './makefile-advice.js'
import {
  explainSymbols,
  explainUndeclared,
  undeclaredFunctions,
  undefinedSymbols,
} from './missing-symbols.js'
import type { BuildFolder } from './module-output.js'
import { notIncluded } from './not-included.js'
import { siblingExports } from './sibling-exports.js'
import { firstUse } from './symbol-use.js'
import type { KernelBuild, Work } from '../types.js'

const nameOf = ({ release, flavour }: KernelBuild): string => `kernel ${release} (${flavour})`

/** Whose build failed. */
interface Failed extends Work {
  readonly kernel: KernelBuild
  readonly project: Pick<Project, 'root' | 'module' | 'configFile'>
}

/**
 * Explains why make failed on a folder.
 * @param output make's, with names as the user knows them
 */
export async function moduleFailure(
  output: string,
  place: BuildFolder,
  { kernel, project, ...work }: Failed,
): Promise<ModproveError> {
  const asking = { ...work, project }
  const symbols = undefinedSymbols(output)
  const { build, name } = place
  const siblings = await siblingExports(symbols, name, project)
  const ofKernel = symbols.filter(symbol => !siblings.symbols.includes(symbol))
  const advice = [
    ...missingLicences(output),
    ...missingSources(output, place),
    ...(await missingHeaders(output, place)),
    ...(await unsetVariables(output, place, project)),
    ...(await notIncluded(output, place, project)),
    ...(await ignoredFlags(place)),
    ...siblings.advice,
    ...(ofKernel.length === 0 ? [] : await explainSymbols(ofKernel, kernel, asking)),
    ...(await explainUndeclared(undeclaredFunctions(output), kernel, asking)),
  ]
  const what =
    symbols.length === 0
      ? `The module does not compile for ${nameOf(kernel)}`
      : `The module uses what ${nameOf(kernel)} does not export: ${symbols.join(', ')}`
  const errors = compilerErrors(output, await readdir(build, { recursive: true }))
  // modpost knows the object alone.
  const use = await firstUse(ofKernel, place)
  const at = errors.at ?? use
  const correct = at === undefined ? `what make builds in ${name}/` : `${at.file}, line ${at.line}`
  return failureError('MODULE_DOES_NOT_COMPILE', what, {
    ...errors,
    ...defined({ at }),
    remedy: [
      ...(advice.length === 0 ? [`Correct ${correct}`] : advice),
      ...(use === undefined ? [] : [`It is used first in ${use.file}, line ${use.line}`]),
    ].join('\n'),
  })
}

/** One line per module without a licence (scripts/mod/modpost.c). */
const missingLicences = (output: string): readonly string[] =>
  [...output.matchAll(/^ERROR: modpost: missing MODULE_LICENSE\(\) in (?:\S*\/)?(\S+)\.o$/gm)].map(
    ([, module]) =>
      `Name the licence of ${module} in its source, such as MODULE_LICENSE("GPL"): linux/license.h lists those that are compatible`,
  )

/** The error for a make that had nothing to do. */
export const noModule = async (
  place: BuildFolder,
  { kernel, project }: Pick<Failed, 'kernel' | 'project'>,
): Promise<ModproveError> =>
  failureError('NO_MODULE', `${place.name}/ builds no module for ${nameOf(kernel)}`, {
    remedy: await whyNoModule(place, project),
  })
