import { didYouMean } from '../platform/names/did-you-mean.js'
import { mistakesIn, wrongFile } from '../platform/files/checked-json.js'
import { suiteLine } from '../platform/text/suite-line.js'
import { optionsSchemas } from '../suite-api/options-schema.js'
import type { SuiteDefinition } from '../suite-api/registry.js'
import { unmetNeed, type TestedKernel } from './needs.js'

/**
 * Checks the options of a suite and of its tests, also of suites that were not type-checked: one
 * that is misspelt would be without effect, and a flavour that is would skip a test for ever.
 *
 * @param name of the file in messages
 * @param flavours that exist, where they are known
 * @throws ModproveError `SUITE_OPTIONS` with all mistakes and their lines
 */
export function checkOptions(
  suite: SuiteDefinition,
  name: string,
  flavours: readonly string[] | undefined,
): void {
  const schemas = optionsSchemas(flavours)
  refuse(name, [
    ...placed('the suite', suite, mistakesIn(schemas.suite, suite.options)),
    ...suite.tests.flatMap(test =>
      placed(`"${test.name}"`, test, mistakesIn(schemas.test, test.options)),
    ),
  ])
}

/**
 * Checks that what is needed of a kernel's options exists there: for one that is misspelt, a test
 * would be skipped for ever.
 *
 * @param options names of all options that the kernel's Kconfig files have
 * @throws ModproveError `SUITE_OPTIONS` with all mistakes and their lines
 */
export function checkNeededOptions(
  suite: SuiteDefinition,
  name: string,
  kernel: Pick<TestedKernel, 'series' | 'flavour'>,
  options: ReadonlySet<string>,
): void {
  const ofKernel = `an option that kernel ${kernel.series} has`
  const mistakes = ({ needs }: SuiteDefinition['options']): string[] =>
    // What is skipped for its series or flavour may need an option of others.
    unmetNeed(suite.options.needs, kernel) !== undefined || unmetNeed(needs, kernel) !== undefined
      ? []
      : (needs?.kconfig ?? []).flatMap((option, at) =>
          options.has(option)
            ? []
            : `needs.kconfig[${at}] should be ${ofKernel}, got "${option}". ${didYouMean(option, [...options])}`.trim(),
        )
  refuse(
    name,
    [
      ...placed('the suite', suite, mistakes(suite.options)),
      ...suite.tests.flatMap(test => placed(`"${test.name}"`, test, mistakes(test.options))),
    ],
    `Correct ${name}; of an option that is newer, say since when: needs: { since: '6.12', … }`,
  )
}

/** Mistakes of a declaration, with its line. */
function placed(
  what: string,
  { declared }: Pick<SuiteDefinition, 'declared'>,
  mistakes: readonly string[],
): string[] {
  const line = mistakes.length === 0 ? undefined : suiteLine(declared?.stack)?.line
  const where = line === undefined ? what : `line ${line}, ${what}`
  return mistakes.map(mistake => `${where}: ${mistake}`)
}

function refuse(name: string, mistakes: readonly string[], remedy = `Correct ${name}`): void {
  if (mistakes.length > 0) throw wrongFile(name, mistakes, { code: 'SUITE_OPTIONS', remedy })
}
