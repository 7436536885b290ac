// @ts-check
/** What runs on its own, or is imported by what is not of the harness: sources below `harness/`. */
export const entries = {
  main: 'cli/main.ts',
  worker: 'run/worker.ts',
  suite: 'suite.ts',
  'fuzz-worker': 'fuzz/worker.ts',
  'fuzz-readers': 'fuzz/readers/index.ts',
}
