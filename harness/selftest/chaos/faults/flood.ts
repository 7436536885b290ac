import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Fault } from '../fault.js'

const MAX_DISK_BYTES = 40 * 1024 * 1024
const MAX_MEMORY_KIB = 600 * 1024

export const floodFault: Fault = {
  row: 10,
  name: 'flood',
  fault: 'a guest floods its console with 1 M lines, and standard output with 1 GiB',
  expected: 'memory and disk are bounded, and the verdict is right',
  make: async lab => {
    let mostKiB = 0
    const ended = await lab.run(['run', 'flood'], {
      during: async running => {
        await running.whileItLasts(500, async () => {
          mostKiB = Math.max(mostKiB, await running.memoryKiB())
        })
      },
    })
    lab.expect(ended, {
      flood: {
        'the console, with a million lines': 'pass',
        'standard output, with a gibibyte': 'pass',
        'the stream of a program': 'fail',
        after: 'pass',
      },
    })
    const diskBytes = ended.folder === undefined ? Infinity : await sizeOf(ended.folder)
    lab.check('the record is bounded', diskBytes < MAX_DISK_BYTES, `${diskBytes} bytes`)
    lab.check('memory is bounded', mostKiB < MAX_MEMORY_KIB, `${mostKiB} KiB`)
    lab.tell(
      `record ${(diskBytes / 2 ** 20).toFixed(1)} MiB, largest process ${Math.round(mostKiB / 1024)} MiB`,
    )
  },
}

async function sizeOf(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true })
  const sizes = await Promise.all(names.map(async name => (await stat(join(folder, name))).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}
