// @ts-check
/** What runs on its own, or is imported by what is not of the harness: sources below `harness/`. */
export const entries = {
  main: 'cli/main.ts',
  worker: 'worker/worker.ts',
  suite: 'suite-api/suite.ts',
  'fuzz-worker': 'selftest/fuzz/worker.ts',
  'fuzz-readers': 'selftest/fuzz/readers/index.ts',
}
