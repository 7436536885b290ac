import { privateFolder } from '../../paths.js'
import { reach } from '../../run/boot.js'
import type { Place } from '../../run/job.js'
import { noSaying, pssMiB } from '../machine.js'
import type { Readings } from '../measure.js'
import type { Row } from '../row.js'

const COUNTS = [1, 2, 4, 8]
const ROUNDS = 3

/** The same number of machines restored at once: time until all answer, and memory, for each of them. */
async function together(place: Place, machines: number, signal: AbortSignal) {
  await using folder = await privateFolder()
  const since = performance.now()
  const reached = await Promise.all(
    Array.from({ length: machines }, async () => reach(place, folder.path, signal, noSaying)),
  )
  const eachMs = (performance.now() - since) / machines
  let memoryMiB = 0
  for (const { machine } of reached) memoryMiB += await pssMiB(machine.pid)
  for (const { guest, machine } of reached) {
    await guest.close()
    await machine.quit()
  }
  return { eachMs, eachMiB: memoryMiB / machines }
}

export const machinesRow: Row = {
  name: 'machines',
  measures: 'machines restored side by side: time and memory of each',
  read: async ({ plain, signal }) => {
    const readings: Readings[] = []
    for (const count of COUNTS) {
      const rounds = []
      for (let round = 0; round < ROUNDS; round += 1)
        rounds.push(await together(plain, count, signal))
      const row = `${count} at once: each`
      readings.push({ row, unit: 'ms', values: rounds.map(({ eachMs }) => eachMs) })
      readings.push({ row, unit: 'MiB', values: rounds.map(({ eachMiB }) => eachMiB) })
    }
    return readings
  },
}
