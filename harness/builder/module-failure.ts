import { failureError, type ModproveError } from '../platform/errors.js'
import { moduleName } from '../project/project.js'
import { errorLines } from './compiler-lines.js'
import { ignoredFlags, missingHeaders, missingSources, whyNoModule } from './makefile-advice.js'
import { explainSymbols, undefinedSymbols } from './missing-symbols.js'
import type { KernelBuild, Work } from './types.js'

const nameOf = ({ release, flavour }: KernelBuild): string => `kernel ${release} (${flavour})`

/**
 * Why make failed on a module.
 *
 * @param output make's, with names as the user knows them
 * @param build the folder that was compiled in
 */
export async function moduleFailure(
  output: string,
  build: string,
  kernel: KernelBuild,
  work: Work,
): Promise<ModproveError> {
  const symbols = undefinedSymbols(output)
  const makefiles = { folder: build, name: moduleName, tree: kernel.tree }
  const fragment = `${moduleName}/kconfig/base.config`
  const advice = [
    ...missingSources(output, makefiles),
    ...(await missingHeaders(output, makefiles)),
    ...(await ignoredFlags(makefiles)),
    ...(symbols.length === 0 ? [] : await explainSymbols(symbols, kernel, fragment, work)),
  ]
  const what =
    symbols.length === 0
      ? `The module does not compile for ${nameOf(kernel)}`
      : `The module uses what ${nameOf(kernel)} does not export: ${symbols.join(', ')}`
  return failureError('MODULE_DOES_NOT_COMPILE', what, {
    detail: errorLines(output, `${moduleName}/`),
    remedy: [...advice, `Correct it in ${moduleName}/`].join('\n'),
  })
}

/** That make had nothing to do. */
export async function noModule(build: string, kernel: KernelBuild): Promise<ModproveError> {
  const makefiles = { folder: build, name: moduleName, tree: kernel.tree }
  return failureError('NO_MODULE', `${moduleName}/ builds no module for ${nameOf(kernel)}`, {
    remedy: await whyNoModule(makefiles),
  })
}
