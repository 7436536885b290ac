import type { MachineSetup } from '../../../session/job.js'
import { coldOf, readiness } from '../machine.js'
import { ratio, sideBySide, type Readings } from '../measure.js'
import { chosenPlace, requireBuilt, type BenchRow } from '../row.js'

const ROUNDS = { plain: 7, debug: 3 }
const ROUNDS_OF_A_SERIES = 5
const COLD_MS = 1200
const RESTORE_MS = { plain: 300, debug: 800 }
const TIMES_FASTER = { plain: 4, debug: 12 }

const booted = (place: MachineSetup, signal: AbortSignal) => () => readiness(coldOf(place), signal)
const restored = (place: MachineSetup, signal: AbortSignal) => () => readiness(place, signal)

const boot = (flavour: 'plain' | 'debug'): BenchRow => ({
  name: `${flavour}-boot`,
  measures: `${flavour}: from QEMU's start until the agent answers, booted and restored in turn`,
  read: async context => {
    const { signal } = context
    const place = await chosenPlace(context, flavour)
    const [cold, restore] = (await sideBySide(
      [
        {
          row: `${flavour}: cold boot → ssh ready`,
          read: booted(place, signal),
          ...(flavour === 'plain' ? { aim: { atMost: COLD_MS } } : {}),
        },
        {
          row: `${flavour}: restore → ssh ready`,
          read: restored(place, signal),
          aim: { atMost: RESTORE_MS[flavour] },
        },
      ],
      ROUNDS[flavour],
    )) as [Readings, Readings]
    const aim = { atLeast: TIMES_FASTER[flavour] }
    return [cold, restore, ratio(`${flavour}: restore is faster than cold`, cold, restore, aim)]
  },
})

export const bootRows: readonly BenchRow[] = [
  boot('plain'),
  boot('debug'),
  {
    name: 'series',
    measures: 'the plain kernel of each series, booted and restored in turn',
    read: async context => {
      const { signal } = context
      const readings: Readings[] = []
      const columns = await context.columns('all', 'plain')
      await requireBuilt(context.project, columns)
      for (const column of columns) {
        const place = await context.place(column)
        const name = `${column.release} plain`
        const pair = [
          {
            row: `${name}: cold boot → ssh ready`,
            read: booted(place, signal),
            aim: { atMost: COLD_MS },
          },
          {
            row: `${name}: restore → ssh ready`,
            read: restored(place, signal),
            aim: { atMost: RESTORE_MS.plain },
          },
        ]
        readings.push(...(await sideBySide(pair, ROUNDS_OF_A_SERIES)))
      }
      return readings
    },
  },
]
