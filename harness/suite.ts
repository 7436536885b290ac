/** The one module that suites import. */
export { suite } from './run/registry.js'
export type {
  DeclareTest,
  Invariant,
  ModuleSpec,
  Needs,
  SuiteOptions,
  TestOptions,
} from './run/registry.js'
export type { GuestKernel, TestGuest } from './run/test-guest.js'
export { withQuietConsole } from './run/quiet-console.js'
export { sweep, type FaultScenario } from './run/sweep.js'
export type { Test } from 'tap'
export * from './guest/index.js'
