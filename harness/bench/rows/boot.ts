import { coldOf, readiness } from '../machine.js'
import { sideBySide, type Readings } from '../measure.js'
import type { Row } from '../row.js'

const ROUNDS = { plain: 7, debug: 3 }
const ROUNDS_OF_A_SERIES = 5

const boot = (flavour: 'plain' | 'debug'): Row => ({
  name: `${flavour}-boot`,
  measures: `${flavour}: from QEMU's start until the agent answers, booted and restored in turn`,
  read: ({ [flavour]: place, signal }) =>
    sideBySide(
      [
        { row: `${flavour}: cold boot`, read: () => readiness(coldOf(place), signal) },
        { row: `${flavour}: restore`, read: () => readiness(place, signal) },
      ],
      ROUNDS[flavour],
    ),
})

export const bootRows: readonly Row[] = [
  boot('plain'),
  boot('debug'),
  {
    name: 'series',
    measures: 'the plain kernel of each series that is built, booted and restored in turn',
    read: async ({ everySeries, signal }) => {
      const readings: Readings[] = []
      for (const { name, place } of await everySeries()) {
        const pair = [
          { row: `${name}: cold boot`, read: () => readiness(coldOf(place), signal) },
          { row: `${name}: restore`, read: () => readiness(place, signal) },
        ]
        readings.push(...(await sideBySide(pair, ROUNDS_OF_A_SERIES)))
      }
      return readings
    },
  },
]
