import { join } from 'node:path'
import { faults } from '../chaos/faults/index.js'
import { makeFaults } from '../chaos/make-faults.js'
import { selectFaults } from '../chaos/select-faults.js'
import { EXIT } from '../errors.js'
import { noCounts } from '../events.js'
import { checkoutRoot, writeWhole } from '../paths.js'
import { runName } from '../record/record.js'
import { chaosRow, chaosTable } from '../report/chaos.js'
import { closingLine } from '../report/summary.js'
import type { CommandSpec } from './command.js'
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
    const results = await makeFaults(chosen, {
      kernel: options.kernel,
      signal,
      progress: terminal,
      report: result => write(chaosRow(result)),
    })
    await writeWhole(join(folder, 'chaos.json'), `${JSON.stringify(results, undefined, 2)}\n`)
    await writeWhole(join(folder, 'chaos.md'), chaosTable(results))
    write(`\ntable: ${join(folder, 'chaos.md')}\n`)
    const fail = results.filter(({ ok }) => !ok).length
    write(`${closingLine({ ...noCounts, pass: results.length - fail, fail })}\n`)
    return fail === 0 ? EXIT.passed : EXIT.failed
  },
}
