import { failureError, type ModproveError } from '../platform/errors.js'
import { errorLines } from './compiler-lines.js'
import {
  ignoredFlags,
  missingHeaders,
  missingSources,
  whyNoModule,
  type Makefiles,
} from './makefile-advice.js'
import { explainSymbols, undefinedSymbols } from './missing-symbols.js'
import type { KernelBuild, Work } from './types.js'

const nameOf = ({ release, flavour }: KernelBuild): string => `kernel ${release} (${flavour})`

/**
 * Explains why make failed on a module.
 * @param output make's, with names as the user knows them
 * @param makefiles of the compiled folder
 */
export async function moduleFailure(
  output: string,
  makefiles: Makefiles,
  kernel: KernelBuild,
  work: Work,
): Promise<ModproveError> {
  const symbols = undefinedSymbols(output)
  const { name } = makefiles
  const advice = [
    ...missingSources(output, makefiles),
    ...(await missingHeaders(output, makefiles)),
    ...(await ignoredFlags(makefiles)),
    ...(symbols.length === 0
      ? []
      : await explainSymbols(symbols, kernel, `${name}/kconfig/base.config`, work)),
  ]
  const what =
    symbols.length === 0
      ? `The module does not compile for ${nameOf(kernel)}`
      : `The module uses what ${nameOf(kernel)} does not export: ${symbols.join(', ')}`
  return failureError('MODULE_DOES_NOT_COMPILE', what, {
    detail: errorLines(output, `${name}/`),
    remedy: [...advice, `Correct it in ${name}/`].join('\n'),
  })
}

/** The error for a make that had nothing to do. */
export async function noModule(makefiles: Makefiles, kernel: KernelBuild): Promise<ModproveError> {
  return failureError('NO_MODULE', `${makefiles.name}/ builds no module for ${nameOf(kernel)}`, {
    remedy: await whyNoModule(makefiles),
  })
}
