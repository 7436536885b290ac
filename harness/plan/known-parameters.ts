import { didYouMean } from '../platform/names/did-you-mean.js'
import { usageError } from '../platform/errors.js'
import type { Project } from '../project/project.js'

/** @throws ModproveError `CONFIGURATION` for parameters of a module that is not there */
export function requireKnownModules(
  parameters: Project['parameters'],
  modules: readonly { readonly name: string }[],
): void {
  const names = modules.map(({ name }) => name)
  const unknown = Object.keys(parameters).find(name => !names.includes(name))
  if (unknown === undefined) return
  throw usageError('CONFIGURATION', `"parameters" names ${unknown}, and no such module is built`, {
    remedy: `${didYouMean(unknown, names)}Its modules: ${names.join(', ')}`,
  })
}
