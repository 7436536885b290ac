import { usageError } from '../../platform/errors.js'
import { promisesOf } from '../../platform/promises.js'
import type { Project } from '../../project/project.js'
import { loadSuite } from '../../worker/load-suite.js'
import { allSuites, selectSuites, type SuiteFile } from '../../plan/plan.js'

/** The tests to bisect by. */
export interface Target {
  /** As the user wrote it: `mmap:C26`. */
  readonly word: string
  readonly suite: SuiteFile
  /** Regular expression for names; undefined for the whole suite. */
  readonly grep?: string
}

/**
 * Reads `SUITE`, `SUITE:C26` (tests of a promise) or `SUITE:REGEXP` (tests by name).
 * @throws ModproveError `UNKNOWN_SUITE`, `BAD_GREP`, `NO_TESTS` listing the suite's tests
 */
export async function targetOf(project: Project, word: string): Promise<Target> {
  const [, name = '', wanted] = /^([^:]*)(?::(.*))?$/s.exec(word) ?? []
  const [suite, ...more] = name === '' ? [] : await selectSuites([name], allSuites(project.suites))
  if (suite === undefined || more.length > 0) {
    throw usageError('BAD_TARGET', `"${word}" does not name one suite`, {
      remedy:
        'Write modprove bisect SUITE:TEST, TEST being a promise (C26) or a regular expression',
    })
  }
  if (wanted === undefined || wanted === '') return { word, suite }
  const names = (await loadSuite(project, suite.file)).tests.map(test => test.name)
  const isPromise = /^[A-Z]\d+$/.test(wanted)
  const matches = isPromise
    ? (name: string): boolean => promisesOf(name).includes(wanted)
    : matching(wanted)
  const found = names.filter(matches)
  if (found.length === 0) {
    throw usageError('NO_TESTS', `No test of suite ${suite.name} matches ${wanted}`, {
      remedy: `Its tests: ${names.join('; ')}`,
    })
  }
  const grep = isPromise ? `^(?:${found.map(escaped).join('|')})$` : wanted
  return { word, suite, grep }
}

function matching(wanted: string): (name: string) => boolean {
  try {
    const pattern = new RegExp(wanted)
    return name => pattern.test(name)
  } catch (cause) {
    throw usageError(
      'BAD_GREP',
      `TEST takes a promise or a regular expression: ${(cause as Error).message}`,
      {
        cause,
      },
    )
  }
}

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)
