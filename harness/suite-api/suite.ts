/** The module that suites import. */
export { suite } from './registry.js'
export type { DeclareTest, Invariant, Needs, SuiteOptions, TestOptions } from './registry.js'
export type { ModuleSpec } from './module-spec.js'
export type { GuestKernel, TestGuest } from './test-guest.js'
export { withQuietConsole } from './quiet-console.js'
export { sweep, type FaultScenario } from './sweep.js'
export type { Test } from 'tap'
export * from '../guest/index.js'
