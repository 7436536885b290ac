import { loadFlavours, selectFlavour } from '../../builder/index.js'
import { ModproveError } from '../../platform/errors.js'
import { SUITE_END } from '../../contract/test-names.js'
import type { Project } from '../../project/project.js'
import { loadSuite } from '../../worker/load-suite.js'
import { unmetNeed } from '../../worker/needs.js'
import { allSuites, type SuiteFile } from '../../plan/suite-files.js'
import type { SuiteDefinition } from '../../suite-api/registry.js'
import { findingKinds } from '../../verdict/index.js'
import { badMutant } from './header.js'
import type { Mutant } from './mutant.js'
import { promisesOf } from '../../platform/names/promise-ids.js'

/** A mutant with the suites to run against it. */
export interface PlannedMutant {
  readonly mutant: Mutant
  readonly suites: readonly SuiteFile[]
  /** Runs only tests with matching names. */
  readonly grep?: string
  /** Promises of the tests that must catch it. */
  readonly promised: ReadonlySet<string>
}

/** A suite that a file declares. */
export interface DeclaredSuite extends SuiteFile {
  readonly suite: SuiteDefinition
}

/** Imports every suite file. @throws whatever a file throws, `NOT_A_SUITE` */
export async function loadSuites(project: Project): Promise<readonly DeclaredSuite[]> {
  const declared: DeclaredSuite[] = []
  // In sequence: a file's suite is recognised as the one that appeared since the previous file.
  for (const file of allSuites(project.suites))
    declared.push({ ...file, suite: await loadSuite(project, file.file) })
  return declared
}

/** All promises that start a test's name. */
export const promisesIn = (declared: readonly DeclaredSuite[]): ReadonlySet<string> =>
  new Set(declared.flatMap(({ suite }) => suite.tests.flatMap(test => promisesOf(test.name))))

interface PlanOptions {
  readonly project: Project
  readonly declared: readonly DeclaredSuite[]
  readonly series: string
  readonly all: boolean
}

/**
 * Checks that each mutant's header matches existing tests, and selects its suites.
 * @param all run every whole suite, those of the header first
 * @throws ModproveError `BAD_MUTANT` for an unknown flavour, suite, finding or test, and if every
 * test that should catch it is skipped
 */
export async function planMutants(
  mutants: readonly Mutant[],
  { project, declared, series, all }: PlanOptions,
): Promise<PlannedMutant[]> {
  const flavours = await loadFlavours(project)
  return mutants.map(mutant => {
    const { file, flavour, catcher } = mutant
    try {
      selectFlavour(flavours, flavour)
    } catch (error) {
      if (!(error instanceof ModproveError)) throw error
      throw badMutant(file, error.message)
    }
    checkFindings(mutant)
    const promised = new Set<string>()
    let applies = false
    for (const name of mutant.suites) {
      const suite = declared.find(each => each.name === name)?.suite
      if (suite === undefined) {
        const known = declared.map(({ name }) => name).join(', ')
        throw badMutant(file, `there is no suite "${name}"`, `Known suites: ${known}`)
      }
      const named = suite.tests.filter(test => catcher.test(test.name))
      if (named.length === 0 && !catcher.test(SUITE_END))
        throw badMutant(file, `no test of suite ${name} has a name that matches ${String(catcher)}`)
      for (const test of named) for (const promise of promisesOf(test.name)) promised.add(promise)
      const kernel = { series, flavour }
      applies ||= named.some(
        ({ options }) =>
          (unmetNeed(suite.options.needs, kernel) ?? unmetNeed(options.needs, kernel)) ===
          undefined,
      )
    }
    if (!applies)
      throw badMutant(
        file,
        `on ${series} ${flavour} every test that its Catcher names is skipped`,
        'Name a flavour on which one runs',
      )
    const inOrder = mutant.suites.flatMap(name => declared.filter(suite => suite.name === name))
    const others = declared.filter(suite => !inOrder.includes(suite))
    return {
      mutant,
      promised,
      suites: all ? [...inOrder, ...others] : inOrder,
      ...(all ? {} : { grep: catcher.source }),
    }
  })
}

function checkFindings({ file, findings }: Mutant): void {
  const unknown = findings.find(kind => !findingKinds.some(known => known === kind))
  if (unknown !== undefined)
    throw badMutant(file, `there is no finding "${unknown}"`, `Known: ${findingKinds.join(', ')}`)
}
