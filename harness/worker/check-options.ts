import { mistakesIn, wrongFile } from '../platform/files/checked-json.js'
import { optionsSchemas } from '../suite-api/options-schema.js'
import type { SuiteDefinition } from '../suite-api/registry.js'
import { declarationPlace } from './declaration-place.js'

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
  const names = suite.tests.map(test => test.name)
  const schemas = optionsSchemas(flavours)
  const declarations = [
    { ...suite, what: 'the suite', schema: schemas.suite },
    ...suite.tests.map((test, at) => {
      const schema = schemas.testAfter(names.slice(0, at))
      return { ...test, what: `"${test.name}"`, schema }
    }),
  ]
  const mistakes = declarations.flatMap(({ options, schema, what, declared }) => {
    const found = mistakesIn(schema, options)
    return found.map(mistake => `${declarationPlace(declared, what)}: ${mistake}`)
  })
  if (mistakes.length > 0) throw wrongFile(name, mistakes, { code: 'SUITE_OPTIONS' })
}
