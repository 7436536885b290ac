import { cpus, release } from 'node:os'
import { readResult, saveResult } from '../bench/result-file.js'
import type { BenchContext, BuiltPlace, Row } from '../bench/row.js'
import { rows } from '../bench/rows/index.js'
import { benchTable, comparisonTable, type BenchResult } from '../bench/table.js'
import type { Readings } from '../bench/measure.js'
import { builtKernels } from '../build/index.js'
import { EXIT, usageError } from '../errors.js'
import { during } from '../progress.js'
import { columnsOf, prepareColumn } from '../run/columns.js'
import { commit } from '../run/provenance.js'
import { chooseAccelerator, qemuVersion } from '../vm/index.js'
import type { CommandSpec } from './command.js'
import { acceleratorOption, oneKernelOption } from './selection.js'

interface BenchOptions {
  kernel: string
  accel: 'auto' | 'kvm' | 'tcg'
  compare?: boolean
}

const names = rows.map(row => row.name).join(', ')

export const benchCommand: CommandSpec<BenchOptions> = {
  name: 'bench',
  args: '[rows...]',
  summary: `Measure how quick the harness is: ${names}. Keep the host otherwise idle.`,
  examples: [
    ['modprove bench', 'every row that takes no many minutes; kept as JSON'],
    ['modprove bench kernel matrix', 'those that do'],
    ['modprove bench plain-boot agent', 'two rows'],
    ['modprove bench --compare before.json after.json', 'medians of two results, side by side'],
  ],
  options: {
    kernel: oneKernelOption,
    accel: acceleratorOption,
    compare: { flags: '--compare', description: 'the arguments are two results; nothing is run' },
  },
  async run({ args, options, terminal, signal }) {
    const write = (text: string): void => terminal.print(process.stdout, text)
    if (options.compare === true) {
      const [before, after, ...more] = args
      if (before === undefined || after === undefined || more.length > 0) {
        throw usageError('BAD_COMPARE', '--compare takes two results.', {
          remedy: 'modprove bench --compare before.json after.json',
        })
      }
      write(comparisonTable(await readResult(before), await readResult(after)))
      return EXIT.passed
    }
    const chosen = selectRows(args)
    const work = { signal, progress: terminal }
    const say = (line: string): void => terminal.say(line)
    const accelerator = await chooseAccelerator(options.accel, { signal, say })
    const wish = { kernels: [options.kernel], flavours: ['plain', 'debug'] }
    const [plainColumn, debugColumn] = await columnsOf(wish, work)
    if (plainColumn === undefined || debugColumn === undefined) return EXIT.usage
    const { place: plain } = await prepareColumn(plainColumn, { accelerator, cold: false }, work)
    const { place: debug } = await prepareColumn(debugColumn, { accelerator, cold: false }, work)
    const everySeries = async (): Promise<BuiltPlace[]> => {
      const places: BuiltPlace[] = []
      const built = new Set((await builtKernels()).map(({ release }) => release))
      for (const column of await columnsOf({ kernels: ['all'], flavours: ['plain'] }, work)) {
        if (!built.has(column.release)) continue
        const { place } = await prepareColumn(column, { accelerator, cold: false }, work)
        places.push({ name: `${column.release} plain`, place })
      }
      return places
    }
    const context: BenchContext = { plain, debug, everySeries, kernel: options.kernel, signal }
    const readings: Readings[] = []
    for (const row of chosen) {
      readings.push(...(await during(terminal, row.measures, undefined, () => row.read(context))))
    }
    const result: BenchResult = {
      at: new Date().toISOString(),
      host: { cpu: cpus()[0]?.model ?? '', cpus: cpus().length, kernel: release() },
      qemu: await qemuVersion(),
      accelerator,
      commit: await commit(),
      readings,
    }
    write(benchTable(result))
    write(`\nresult: ${await saveResult(result)}\n`)
    return EXIT.passed
  },
}

function selectRows(wanted: readonly string[]): readonly Row[] {
  for (const name of wanted) {
    if (rows.some(row => row.name === name)) continue
    throw usageError('UNKNOWN_ROW', `The bench has no row "${name}".`, {
      remedy: `Known rows: ${names}`,
    })
  }
  return wanted.length === 0
    ? rows.filter(row => row.onlyWhenNamed !== true)
    : rows.filter(row => wanted.includes(row.name))
}
