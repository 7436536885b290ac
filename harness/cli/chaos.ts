import { join } from 'node:path'
import { faults } from '../chaos/faults/index.js'
import { selectFaults } from '../chaos/select-faults.js'
import { EXIT } from '../errors.js'
import { checkoutRoot } from '../paths.js'
import { runName } from '../record/record.js'
import { closingLine } from '../report/summary.js'
import type { CommandSpec } from './command.js'
import { countFaults, makeAndKeep } from './keep-faults.js'
import { oneKernelOption } from './selection.js'

interface ChaosOptions {
  kernel: string
  fast?: boolean
  list?: boolean
}

export const chaosCommand: CommandSpec<ChaosOptions> = {
  name: 'chaos',
  args: '[faults...]',
  summary: 'Make machines die, lie and hang, and the host fail, and see that nothing is lost.',
  examples: [
    ['modprove chaos', 'every fault of the table; the result is kept as a table and as JSON'],
    ['modprove chaos --list', 'what there is'],
    ['modprove chaos --fast', 'the part that npm test makes'],
    ['modprove chaos panic 8', 'one by name, and those of a row'],
  ],
  options: {
    kernel: oneKernelOption,
    fast: { flags: '--fast', description: 'only those that take seconds' },
    list: { flags: '--list', description: 'name the faults and make none' },
  },
  async run({ args, options, terminal, signal }) {
    const write = (text: string): void => terminal.print(process.stdout, text)
    const chosen = selectFaults(faults, args, options.fast ?? false)
    if (options.list === true) {
      const width = Math.max(...chosen.map(({ name }) => name.length))
      for (const { row, name, fault } of chosen)
        write(`${String(row).padStart(2)} ${name.padEnd(width)}  ${fault}\n`)
      return EXIT.passed
    }
    const folder = join(checkoutRoot, '.modprove/chaos', runName(new Date()))
    const results = await makeAndKeep(chosen, folder, { kernel: options.kernel, signal, terminal })
    write(`\ntable: ${join(folder, 'chaos.md')}\n`)
    const counts = countFaults(results)
    write(`${closingLine(counts)}\n`)
    return counts.fail === 0 ? EXIT.passed : EXIT.failed
  },
}
