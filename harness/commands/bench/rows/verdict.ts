import { sideBySide } from '../measure.js'
import { requireBuilt, type BenchRow } from '../row.js'
import { ScratchRuns } from '../scratch.js'

const ROUNDS = 3
const FEW_SUITES = 2
const MANY_SUITES = 10
const MATRIX = ['plain', 'debug']

export const verdictRows: readonly BenchRow[] = [
  {
    name: 'verdict',
    measures: 'modprove run, all suites on plain: nothing changed, and a character of the module',
    read: async ({ project, kernel, signal }) => {
      await using scratch = await ScratchRuns.make(project)
      const run = () => scratch.run(['--kernel', kernel], signal)
      // A new copy's first run has no record to order its suites by.
      await run()
      return await sideBySide(
        [
          { row: 'nothing changed → plain verdict', read: run, aim: { atMost: 4000 } },
          {
            row: 'one character changed → plain verdict',
            read: async () => {
              await scratch.changeModule()
              return run()
            },
            aim: { atMost: 6000 },
          },
        ],
        ROUNDS,
      )
    },
  },
  {
    name: 'suite',
    measures: 'what one more suite file costs, one machine at work at a time',
    read: async ({ project, kernel, signal }) => {
      await using scratch = await ScratchRuns.make(project)
      const names = await scratch.addSuites(MANY_SUITES)
      const run = (count: number) =>
        scratch.run([...names.slice(0, count), '--kernel', kernel, '--jobs', '1'], signal)
      const more = MANY_SUITES - FEW_SUITES
      return await sideBySide(
        [
          {
            row: 'one more suite file',
            read: async () => {
              const few = await run(FEW_SUITES)
              return ((await run(MANY_SUITES)) - few) / more
            },
            aim: { atMost: 500 },
          },
        ],
        ROUNDS,
      )
    },
  },
  {
    name: 'matrix',
    measures: `modprove run --kernel all --flavour ${MATRIX.join(',')}, everything built`,
    read: async ({ project, columns, signal }) => {
      for (const flavour of MATRIX) await requireBuilt(await columns('all', flavour))
      await using scratch = await ScratchRuns.make(project)
      const run = () => scratch.run(['--kernel', 'all', '--flavour', MATRIX.join(',')], signal)
      const row = 'full matrix, everything built'
      return await sideBySide([{ row, read: run, aim: { atMost: 180_000 } }], 1)
    },
  },
]
