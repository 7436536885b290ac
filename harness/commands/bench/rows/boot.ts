import type { MachineSetup } from '../../../session/job.js'
import { coldOf, readiness } from '../machine.js'
import { ratio, sideBySide, type Readings } from '../measure.js'
import { chosenSetup, requireBuilt, type BenchRow } from '../row.js'

const ROUNDS = { plain: 7, debug: 3 }
const ROUNDS_OF_A_SERIES = 5
const COLD_MS = 1200
const RESTORE_MS = { plain: 300, debug: 800 }
const TIMES_FASTER = { plain: 4, debug: 12 }

type Pair = readonly [cold: Readings, restored: Readings]

/** A machine booted and restored in turn. */
const measured = async (
  name: string,
  setup: MachineSetup,
  signal: AbortSignal,
  rounds: number,
  [cold, restore]: readonly [coldMs: number | undefined, restoreMs: number],
): Promise<Pair> =>
  (await sideBySide(
    [
      {
        row: `${name}: cold boot → ssh ready`,
        read: () => readiness(coldOf(setup), signal),
        ...(cold !== undefined && { aim: { atMost: cold } }),
      },
      {
        row: `${name}: restore → ssh ready`,
        read: () => readiness(setup, signal),
        aim: { atMost: restore },
      },
    ],
    rounds,
  )) as unknown as Pair

const boot = (flavour: 'plain' | 'debug'): BenchRow => ({
  name: `${flavour}-boot`,
  measures: `${flavour}: from QEMU's start until the agent answers, booted and restored in turn`,
  read: async context => {
    const setup = await chosenSetup(context, flavour)
    const aims = [flavour === 'plain' ? COLD_MS : undefined, RESTORE_MS[flavour]] as const
    const pair = await measured(flavour, setup, context.signal, ROUNDS[flavour], aims)
    const faster = { atLeast: TIMES_FASTER[flavour] }
    return [...pair, ratio(`${flavour}: restore is faster than cold`, ...pair, faster)]
  },
})

export const bootRows: readonly BenchRow[] = [
  boot('plain'),
  boot('debug'),
  {
    name: 'series',
    measures: 'the plain kernel of each series, booted and restored in turn',
    read: async context => {
      const readings: Readings[] = []
      const columns = await context.columns('all', 'plain')
      await requireBuilt(columns)
      const aims = [COLD_MS, RESTORE_MS.plain] as const
      for (const column of columns) {
        const setup = await context.setup(column)
        const name = `${column.release} plain`
        readings.push(...(await measured(name, setup, context.signal, ROUNDS_OF_A_SERIES, aims)))
      }
      return readings
    },
  },
]
