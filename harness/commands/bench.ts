import { cpus, release } from 'node:os'
import { benchesOf, readResult, saveResult } from './bench/result-file.js'
import { requireBuilt, type BenchContext } from './bench/row.js'
import { rows } from './bench/rows/index.js'
import { comparisonTable, tableHead, tableLine, unmeasuredLine } from './bench/table.js'
import type { Readings } from './bench/measure.js'
import { packageRoot } from '../platform/files/package-root.js'
import { EXIT, ModproveError, usageError } from '../platform/errors.js'
import { measureSlowness } from '../platform/host/host-slowness.js'
import { during } from '../platform/terminal/progress.js'
import { selectByName } from '../platform/names/select-by-name.js'
import type { Column } from '../plan/column.js'
import { columnsOf } from '../plan/columns.js'
import { wantedColumn } from '../plan/wanted-columns.js'
import { prepareColumn } from '../plan/prepare-column.js'
import type { MachineSetup } from '../session/job.js'
import { commitOf } from '../plan/provenance.js'
import { chooseAccelerator, qemuVersion } from '../vm/index.js'
import type { Invocation, MachineOptions } from './invocation.js'

export interface BenchOptions extends MachineOptions {
  kernel?: string
  compare?: boolean
}

export async function execute({
  args,
  options,
  terminal,
  signal,
  project: read,
}: Invocation<BenchOptions>): Promise<number> {
  const { write } = terminal
  const project = await read()
  const results = benchesOf(project)
  if (options.compare === true) {
    const [before, after, ...more] = args
    if (before === undefined || after === undefined || more.length > 0) {
      throw usageError('BAD_COMPARE', '--compare takes two results.', {
        remedy: 'modprove bench --compare before.json after.json',
      })
    }
    write(comparisonTable(await readResult(results, before), await readResult(results, after)))
    return EXIT.passed
  }
  const chosen = selectByName(rows, args, SELECTION)
  const work = { signal, progress: terminal }
  const accelerator = await chooseAccelerator(options.accel, work)
  const columns = async (kernels: string, flavour: string): Promise<readonly Column[]> =>
    columnsOf(project, { kernels: [kernels], flavours: [flavour] }, work)
  const setup = async (column: Column): Promise<MachineSetup> => {
    await requireBuilt([column])
    return (await prepareColumn(project, column, { accelerator, cold: false }, work)).setup
  }
  const { kernel } = wantedColumn(project, options)
  const context: BenchContext = { project, columns, setup, kernel, signal }
  const readings: Readings[] = []
  const unmeasured: Record<string, string> = {}
  // The first measurement includes starting threads, so it is discarded.
  await measureSlowness()
  const slowness: number[] = []
  const subject = {
    at: new Date().toISOString(),
    host: { cpu: cpus()[0]?.model ?? '', cpus: cpus().length, kernel: release() },
    qemu: await qemuVersion(),
    accelerator,
    commit: await commitOf(packageRoot),
  }
  write(tableHead)
  try {
    for (const { name, measures, read } of chosen) {
      slowness.push(await measureSlowness())
      try {
        const these = await during(terminal, measures, undefined, () => read(context))
        readings.push(...these)
        write(these.map(tableLine).join(''))
      } catch (error) {
        signal.throwIfAborted()
        if (!(error instanceof ModproveError)) throw error
        unmeasured[name] = [error.message, error.remedy ?? ''].filter(Boolean).join('; ')
        write(unmeasuredLine(name, unmeasured[name]))
      }
    }
  } finally {
    // Ctrl+C in the last row must not lose an hour's results.
    if (readings.length > 0) {
      const row = 'this host ÷ an idle one of 2.5 GHz'
      const host: Readings = { row, unit: '×', values: slowness }
      readings.push(host)
      write(tableLine(host))
      write(`\nresult: ${await saveResult(results, { ...subject, readings, unmeasured })}\n`)
    }
  }
  return Object.keys(unmeasured).length === 0 ? EXIT.passed : EXIT.harness
}

const SELECTION = {
  code: 'UNKNOWN_ROW',
  message: (word: string) => `The bench has no row "${word}".`,
  noun: 'rows',
}
