import { relative } from 'node:path'
import { didYouMean } from '../platform/names/did-you-mean.js'
import type { Job } from '../session/job.js'
import type { SuiteDefinition } from '../suite-api/registry.js'
import { declarationPlace } from './declaration-place.js'
import { unmetNeed, type TestedKernel } from './needs.js'

/**
 * Checks that options which tests need are of some kernel: a misspelt one would skip them for ever.
 * One that is not like any other may be of a kernel that has not been here.
 * @throws ModproveError `SUITE_OPTIONS` with all that are misspelt, and their lines
 */
export async function checkKconfig(
  suite: SuiteDefinition,
  kernel: TestedKernel,
  { file }: Pick<Job, 'file'>,
  signal: AbortSignal,
): Promise<void> {
  const declarations = [
    { ...suite, what: 'the suite' },
    ...suite.tests.map(test => ({ ...test, what: `"${test.name}"` })),
  ]
  const unlisted = declarations.flatMap(({ options: { needs }, declared, what }) => {
    const { kconfig = [], ...others } = needs ?? {}
    if (unmetNeed(others, kernel) !== undefined) return []
    const place = declarationPlace(declared, what)
    const names = kconfig.filter(option => kernel.known?.has(option) === false)
    return names.map(option => ({ place, name: option.replace('CONFIG_', '') }))
  })
  if (unlisted.length === 0) return
  const { everyOption } = await import('../builder/kernels/dependencies/every-option.js')
  const every = await everyOption(signal)
  const mistakes = unlisted.flatMap(({ place, name }) => {
    const near = every.has(name) ? '' : didYouMean(name, [...every])
    return near === ''
      ? []
      : [`${place}: no kernel here has an option CONFIG_${name}. ${near.trim()}`]
  })
  if (mistakes.length === 0) return
  // Loaded late: it has schemas, which cost each worker's start.
  const { wrongFile } = await import('../platform/files/checked-json.js')
  const name = relative(process.cwd(), file)
  const remedy = `Correct ${name}, or say from which series on there is such an option: needs: { since: … }`
  throw wrongFile(name, mistakes, { code: 'SUITE_OPTIONS', remedy })
}
