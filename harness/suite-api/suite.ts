/** The module that suites import. */
export { suite } from './registry.js'
export type {
  DeclareTest,
  Invariant,
  Needs,
  SuiteOptions,
  TestBody,
  TestNeeds,
  TestOptions,
} from './registry.js'
export { defineConfig } from '../project/define-config.js'
export type { WrittenConfig } from '../project/config-schema.js'
export type { ModuleSpec } from './module-spec.js'
export type { GuestKernel, GuestModules, TestGuest } from './test-guest.js'
export { withQuietConsole } from './quiet-console.js'
export type { FaultScenario } from './failing-call.js'
export { sweep } from './sweep.js'
export { sweepLoad, sweepUnload } from './sweep-module.js'
export { freePages, growingMemory, memoryInUse, type MemoryInUse } from './memory-growth.js'
export { modulePages } from './module-pages.js'
export type { Test } from 'tap'
export type { LogRecord } from '../contract/log-record.js'
export type { FaultSweep } from '../contract/events.js'
export * from '../guest/suite-calls.js'
