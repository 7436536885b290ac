import { usageError } from '../../platform/errors.js'
import { escapeRegExp } from '../../platform/text/text.js'
import { testMatcher } from '../../platform/names/test-matcher.js'
import type { Project } from '../../project/project.js'
import { loadSuite } from '../../worker/load-suite.js'
import { allSuites, selectSuites, type SuiteFile } from '../../plan/suite-files.js'

/** The tests to bisect by. */
export interface Target {
  /** As the user wrote it: `ring:C7`. */
  readonly word: string
  readonly suite: SuiteFile
  /** Regular expression for names; undefined for the whole suite. */
  readonly grep?: string
}

/**
 * Reads `SUITE`, `SUITE:C7` (tests of a promise) or `SUITE:REGEXP` (tests by name).
 * @throws ModproveError `UNKNOWN_SUITE`, `BAD_GREP`, `NO_TESTS` listing the suite's tests
 */
export async function targetOf(project: Project, word: string): Promise<Target> {
  const [, name = '', wanted] = /^([^:]*)(?::\s*(.*))?$/s.exec(word) ?? []
  const [suite, ...more] = name === '' ? [] : await selectSuites([name], allSuites(project))
  if (suite === undefined || more.length > 0) {
    throw usageError('BAD_TARGET', `"${word}" does not name one suite`, {
      remedy: 'Write modprove bisect SUITE:TEST, TEST being a promise (C7) or a regular expression',
    })
  }
  if (wanted === undefined || wanted === '') return { word, suite }
  const names = (await loadSuite(project, suite.file)).tests.map(test => test.name)
  const found = names.filter(testMatcher(wanted))
  if (found.length === 0) {
    throw usageError('NO_TESTS', `No test of suite ${suite.name} matches ${wanted}`, {
      remedy: `Its tests: ${names.join('; ')}`,
    })
  }
  return { word, suite, grep: `^(?:${found.map(escapeRegExp).join('|')})$` }
}
