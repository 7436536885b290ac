import { join } from 'node:path'
import { faults } from '../../selftest/chaos/faults/index.js'
import { selectFaults } from '../../selftest/chaos/select-faults.js'
import { EXIT } from '../../platform/errors.js'
import { runName } from '../../record/record.js'
import { closingLine } from '../../report/summary.js'
import type { Invocation, QemuOptions } from '../invocation.js'
import { countFaults, makeAndKeep } from './keep-faults.js'

export interface ChaosOptions extends QemuOptions {
  kernel: string
  seed: number
  fast?: boolean
  list?: boolean
}

export async function execute({
  args,
  options,
  terminal,
  signal,
  project,
}: Invocation<ChaosOptions>): Promise<number> {
  const { write } = terminal
  const chosen = selectFaults(faults, args, options.fast ?? false)
  if (options.list === true) {
    const width = Math.max(...chosen.map(({ name }) => name.length))
    for (const { row, name, fault } of chosen)
      write(`${String(row).padStart(2)} ${name.padEnd(width)}  ${fault}\n`)
    return EXIT.passed
  }
  const folder = join((await project()).state, 'chaos', runName(new Date()))
  const { kernel, seed } = options
  const results = await makeAndKeep(chosen, folder, { kernel, seed, signal, terminal })
  write(`\ntable: ${join(folder, 'chaos.md')}\n`)
  const counts = countFaults(results)
  write(`${closingLine(counts)}\n`)
  return counts.fail === 0 ? EXIT.passed : EXIT.failed
}
