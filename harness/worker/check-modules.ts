import { relative } from 'node:path'
import { kernelName } from '../contract/kernel-name.js'
import { didYouMean } from '../platform/names/did-you-mean.js'
import type { Job } from '../session/job.js'
import type { SuiteDefinition } from '../suite-api/registry.js'
import { declarationPlace } from './declaration-place.js'
import { unmetNeed, type TestedKernel } from './needs.js'
import { modulesOf } from './test-modules.js'

/**
 * Checks that the modules that a suite's tests load are there: built, or of the kernel's own.
 * @throws ModproveError `SUITE_OPTIONS` with all that are not, and their lines
 */
export async function checkModules(
  suite: SuiteDefinition,
  kernel: TestedKernel,
  {
    file,
    modules,
    kernelModules,
    atBoot,
  }: Pick<Job, 'file' | 'modules' | 'kernelModules' | 'atBoot'>,
): Promise<void> {
  const known = [...[...modules, ...kernelModules].map(({ name }) => name), ...atBoot]
  const applies = ({ options }: Pick<SuiteDefinition, 'options'>): boolean =>
    unmetNeed(options.needs, kernel) === undefined
  const mistakes = suite.tests
    .filter(test => applies(suite) && applies(test))
    .flatMap(test => {
      const place =
        test.options.modules === undefined
          ? declarationPlace(suite.declared, 'the suite')
          : declarationPlace(test.declared, `"${test.name}"`)
      return modulesOf(test, suite)
        .filter(({ name }) => !known.includes(kernelName(name)))
        .map(({ name }) => {
          const near = didYouMean(name, known) || `There are ${known.join(', ')}`
          return `${place}: no module ${name} was built. ${near}`.trim()
        })
    })
  if (mistakes.length === 0) return
  // Loaded late: it has schemas, which cost each worker's start.
  const { wrongFile } = await import('../platform/files/checked-json.js')
  throw wrongFile(relative(process.cwd(), file), [...new Set(mistakes)], { code: 'SUITE_OPTIONS' })
}
