import type { Test } from 'tap'
import type { Problem } from '../contract/events.js'
import { usageError } from '../platform/errors.js'
import type { ModuleSpec } from './module-spec.js'
import type { TestGuest } from './test-guest.js'

/** Conditions under which a suite or a test applies; otherwise it is skipped with the reason. */
export interface Needs {
  /** Flavours it can run on: `['debug']` for what only KASAN detects. */
  readonly flavours?: readonly string[]
  /** Options that the kernel must have, as `y` or `m`: `['CONFIG_DEBUG_FS']`. */
  readonly kconfig?: readonly string[]
  /** First kernel series it applies to: `'6.1'`. */
  readonly since?: string
  /** Last kernel series it applies to. */
  readonly until?: string
}

export interface TestNeeds extends Needs {
  /** Tests before it in the suite: where one of them fails, this one would fail by the same. */
  readonly passed?: readonly string[]
}

/** Something that a test must leave as it found it. */
export interface Invariant {
  /** Part of a message: "buffers listed in bufinfo". */
  readonly name: string
  readonly read: (guest: TestGuest) => Promise<string | number>
}

export interface TestOptions {
  readonly needs?: TestNeeds
  /** Modules loaded before the test, in this order; replaces the suite's. */
  readonly modules?: readonly ModuleSpec[]
  /** Timeout on KVM in milliseconds; scaled on an emulated machine. Default 30 000. */
  readonly timeoutMs?: number
}

export interface SuiteOptions extends Omit<TestOptions, 'needs'> {
  readonly needs?: Needs
  readonly invariants?: readonly Invariant[]
  /** Taint letters that its tests cause (Documentation/admin-guide/tainted-kernels.rst). */
  readonly taints?: readonly string[]
}

export type TestBody = (t: Test, guest: TestGuest) => Promise<void> | void

/** One result of a program that is a suite by itself. */
export interface PointResult {
  /** A name of its own in the suite. */
  readonly name: string
  readonly status: 'pass' | 'fail' | 'skip' | 'xfail'
  /** Why it was skipped, or was expected to fail. */
  readonly reason?: string
  /** Why it was expected to fail, although it passed. */
  readonly xpass?: string
  readonly problems: readonly Problem[]
  readonly durationMs: number
}

interface Declaration<Options> {
  readonly options: Options
  /** Made where it was declared; suites without TypeScript have no such line. */
  readonly declared?: Error
}

export interface TestDefinition extends Declaration<TestOptions> {
  readonly name: string
  /** @param report takes results that are tests of their own */
  readonly body: (
    t: Test,
    guest: TestGuest,
    report: (result: PointResult) => void,
  ) => Promise<void> | void
}

export interface SuiteDefinition extends Declaration<SuiteOptions> {
  readonly title: string
  readonly tests: TestDefinition[]
}

/** Declares one test; its name is a sentence about behaviour. */
export interface DeclareTest {
  (name: string, body: TestBody): void
  (name: string, options: TestOptions, body: TestBody): void
}

let declared: SuiteDefinition | undefined

/**
 * Declares this file's suite and returns the function that declares its tests. `modprove run` runs
 * them later, one after another on one machine.
 *
 * @throws ModproveError `SUITE_TWICE` on a second suite in a file, `TEST_TWICE` on an equal name,
 *   `TEST_WITHOUT_BODY`
 */
export function suite(title: string, options: SuiteOptions = {}): DeclareTest {
  if (declared !== undefined) {
    throw usageError(
      'SUITE_TWICE',
      `A second suite "${title}" in one file; it already has "${declared.title}".`,
      {
        remedy: 'Move it to a file of its own.',
      },
    )
  }
  const definition: SuiteDefinition = { title, options, tests: [], declared: new Error(title) }
  declared = definition
  return (name: string, second: TestOptions | TestBody, third?: TestBody) => {
    const [own, body] =
      typeof second === 'function' && third === undefined ? [{}, second] : [second, third]
    if (typeof own === 'function' || typeof body !== 'function') {
      throw usageError('TEST_WITHOUT_BODY', `Test "${name}" has no body as its last argument.`, {
        remedy: 'Write test(name, body) or test(name, options, body)',
      })
    }
    if (definition.tests.some(test => test.name === name)) {
      throw usageError('TEST_TWICE', `Two tests of suite "${title}" are named "${name}".`, {
        remedy: 'Give each a name of its own: results are compared by it from night to night.',
      })
    }
    definition.tests.push({ name, options: own, body, declared: new Error(name) })
  }
}

/** Returns what the file imported last declared, and forgets it. */
export function takeDeclaredSuite(): SuiteDefinition | undefined {
  const definition = declared
  declared = undefined
  return definition
}
