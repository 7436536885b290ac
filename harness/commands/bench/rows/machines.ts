import { privateFolder } from '../../../platform/files/private-folder.js'
import { connectMachine } from '../../../session/start/boot.js'
import type { MachineSetup } from '../../../session/job.js'
import { sayNothing, pssMiB } from '../machine.js'
import { ratio, type Readings } from '../measure.js'
import { chosenSetup, type BenchRow } from '../row.js'

const COUNTS = [1, 2, 4, 8]
const ROUNDS = 5
const MIB_OF_ONE_MORE = 60

/** Restores machines concurrently: time until all answer, and their total memory. */
async function together(setup: MachineSetup, machines: number, signal: AbortSignal) {
  await using folder = await privateFolder()
  const since = performance.now()
  const reaching = await Promise.allSettled(
    Array.from({ length: machines }, async () =>
      connectMachine(setup, folder.path, signal, sayNothing),
    ),
  )
  const ms = performance.now() - since
  const reached = reaching.flatMap(one => (one.status === 'fulfilled' ? [one.value] : []))
  try {
    for (const one of reaching) if (one.status === 'rejected') throw one.reason
    let mib = 0
    for (const { machine } of reached) mib += await pssMiB(machine.pid)
    return { ms, mib }
  } finally {
    // Even if one failed: leftover machines would disturb the next measurement.
    for (const { guest, machine } of reached) {
      await guest.close()
      await machine.quit()
    }
  }
}

export const machinesRow: BenchRow = {
  name: 'machines',
  measures: 'machines restored side by side: time and memory of each',
  read: async context => {
    const setup = await chosenSetup(context, 'plain')
    const rounds: Awaited<ReturnType<typeof together>>[][] = []
    for (let round = 0; round < ROUNDS; round += 1) {
      const figures = []
      for (const count of COUNTS) figures.push(await together(setup, count, context.signal))
      rounds.push(figures)
    }
    const each = (unit: 'ms' | 'MiB') =>
      COUNTS.map((count, index): Readings => {
        const values = rounds.map(figures => (figures[index]?.[unit === 'ms' ? 'ms' : 'mib'] ?? NaN) / count) // prettier-ignore
        return { row: `${count} at once: each`, unit, values }
      })
    const [time, memory] = [each('ms'), each('MiB')]
    const growth = (what: string, readings: readonly Readings[]): Readings[] => {
      const [one, most] = [readings[0], readings.at(-1)]
      if (one === undefined || most === undefined) return []
      return [ratio(`8 at once: ${what} of each ÷ that of 1`, most, one, { atMost: 1 })]
    }
    const oneMore = rounds.map(figures => {
      const [one, most] = [figures[0]?.mib ?? NaN, figures.at(-1)?.mib ?? NaN]
      return (most - one) / ((COUNTS.at(-1) ?? NaN) - 1)
    })
    return [
      ...time,
      ...growth('time', time),
      ...memory,
      ...growth('memory', memory),
      { row: 'one more machine', unit: 'MiB', values: oneMore, aim: { atMost: MIB_OF_ONE_MORE } },
    ]
  },
}
