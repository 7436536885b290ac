import { sideBySide } from '../measure.js'
import type { Row } from '../row.js'
import { ScratchCheckout } from '../scratch-checkout.js'

const ROUNDS = 3
const FEW_SUITES = 2
const MANY_SUITES = 10

export const verdictRows: readonly Row[] = [
  {
    name: 'verdict',
    measures: 'modprove run, all suites on plain: nothing changed, and a character of the module',
    read: async ({ kernel, signal }) => {
      await using scratch = await ScratchCheckout.make()
      const run = () => scratch.run(['--kernel', kernel], signal)
      // The first run of a copy has no record to order its suites by.
      await run()
      return await sideBySide(
        [
          { row: 'nothing changed → plain verdict', read: run },
          {
            row: 'one character changed → plain verdict',
            read: async () => {
              await scratch.changeModule()
              return run()
            },
          },
        ],
        ROUNDS,
      )
    },
  },
  {
    name: 'suite',
    measures: 'what one more suite file costs, one machine at a time',
    read: async ({ kernel, signal }) => {
      await using scratch = await ScratchCheckout.make()
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
          },
        ],
        ROUNDS,
      )
    },
  },
  {
    name: 'matrix',
    measures: 'modprove run --kernel all --flavour plain,debug, everything built',
    onlyWhenNamed: true,
    read: async ({ signal }) => {
      await using scratch = await ScratchCheckout.make()
      const run = () => scratch.run(['--kernel', 'all', '--flavour', 'plain,debug'], signal)
      return await sideBySide([{ row: 'whole matrix', read: run }], 1)
    },
  },
]
